package audit

import (
	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
)

// maxMVPDs bounds the providers that are remembered of a configuration.
const maxMVPDs = 4096

// answered reads what came back.
func (r *reader) answered(x *record.Exchange) {
	e, res := r.e, x.Response
	e.status, e.outcome = res.Status, res.Outcome
	e.action, e.errAct, e.errCode = res.Action, res.ErrorAction, res.ErrorCode
	e.profiles, e.denied = res.Profiles, res.Denied
	if !res.NotAfter.IsZero() {
		e.notAfter = res.NotAfter.UnixNano()
	}
	switch e.op {
	case api.OpRegister:
		e.newClient = hash(res.ClientID)
		r.registration(x.JSON)
	case api.OpToken:
		if res.Outcome == api.OutcomeOK {
			e.newToken, e.life = hash(res.AccessToken), int64(res.ExpiresIn)
		}
	case api.OpConfiguration:
		r.configuration(x.JSON)
	case api.OpSessionsCreate, api.OpSessionsResume, api.OpSSOSessions:
		e.newCode = hash(res.Code)
		e.missing = x.JSON.Get("missingParameters").Len() > 0
	case api.OpAuthorize, api.OpPreauthorize:
		r.decisions(x.JSON, res)
	case api.OpProfilesList, api.OpProfilesCode:
		for name := range x.JSON.Get("profiles").Members() {
			e.mvpd = hash(name.Text())
			break
		}
	}
}

// registered reports whether the exchange made new credentials, even where the
// recording does not hold them.
func (e *event) registered() bool { return e.op == api.OpRegister && e.status == 201 }

// issued reports whether the exchange made a token, even where the recording
// does not hold it.
func (e *event) issued() bool { return e.op == api.OpToken && (e.status == 201 || e.status == 200) }

// ok reports whether the call was answered as wished.
func (e *event) ok() bool { return e.status >= 200 && e.status < 400 }

func (r *reader) registration(root jsondoc.Node) {
	for grant := range root.Get("grant_types").Elements() {
		if len(r.e.grants) < maxResources {
			r.e.grants = append(r.e.grants, hash(grant.Text()))
		}
	}
	scopes := root.Get("scopes")
	if scopes.Kind() != jsondoc.Array {
		return
	}
	for scope := range scopes.Elements() {
		if scope.TextEquals("api:client:v2") {
			r.mark(dcr01, Kept, "")
			return
		}
	}
	r.mark(dcr01, Broken, "registered without the scope api:client:v2")
}

func (r *reader) configuration(root jsondoc.Node) {
	list := root.Get("requestor").Get("mvpds")
	if list.Kind() != jsondoc.Array {
		list = root.Get("mvpds") // where the table has it
	}
	for mvpd := range list.Elements() {
		if r.e.mvpds == nil {
			r.e.mvpds = map[uint64]struct{}{}
		}
		if len(r.e.mvpds) < maxMVPDs {
			r.e.mvpds[hash(mvpd.Get("id").Text())] = struct{}{}
		}
	}
}

func (r *reader) decisions(root jsondoc.Node, res *api.Response) {
	e := r.e
	if root.Kind() == jsondoc.Absent && res.Permitted > 0 && res.Denied == 0 {
		e.permitted = e.asked
		return
	}
	for decision := range root.Get("decisions").Elements() {
		id := hash(decision.Get("resource").Text())
		switch authorized, _ := decision.Get("authorized").Bool(); {
		case authorized && len(e.permitted) < maxResources:
			e.permitted = append(e.permitted, id)
		case decision.Get("error").Get("action").TextEquals("retry") && len(e.retryable) < maxResources:
			e.retryable = append(e.retryable, id)
		}
	}
}

func (r *reader) mark(n number, v Verdict, what string) {
	r.e.marks = append(r.e.marks, mark{n, v, what})
}

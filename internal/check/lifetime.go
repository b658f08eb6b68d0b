package check

import (
	"net/url"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// client is a registered one.
type client struct{ id, secret string }

// client is the one that the probe asks for tokens as.
func (p *probe) client() client {
	if p.ownID.id != "" {
		return p.ownID
	}
	return client{p.shared.clientID, p.shared.clientSecret}
}

// ownClient registers a client for this probe alone, which will ask for many
// tokens: where a new token ends the one before, those of other probes
// stay good. Without another client the probe goes on with the shared one.
func (p *probe) ownClient() {
	if p.shared.sameClient {
		return
	}
	a := p.call(api.Request{Op: api.OpRegister, SoftwareStatement: p.kit.Statement})
	root := a.json()
	own := client{root.Get("client_id").Text(), root.Get("client_secret").Text()}
	if a.succeeded() && own.id != "" && own.secret != "" {
		p.ownID = own
	}
}

// grantedToken is an access token with the life that it announced; ends is zero
// when it announced none.
type grantedToken struct {
	text        string
	began, ends time.Time
}

func grantOf(a *Answer) grantedToken {
	t := grantedToken{text: a.json().Get("access_token").Text(), began: a.Received}
	if life, ok := millis(a.json().Get("expires_in")); ok && life > 0 {
		t.ends = a.Received.Add(seconds(life))
	}
	return t
}

// current is the token that the probe calls with.
func (p *probe) current() grantedToken {
	if p.token.text != "" {
		return p.token
	}
	return grantedToken{p.shared.accessToken, p.shared.tokenBegan, p.shared.tokenEnds}
}

// accessToken is the token that the probe calls with, renewed as a device would
// shortly before its announced end. A steady probe, whose every request counts,
// never asks for another one.
func (p *probe) accessToken() string {
	t := p.current()
	if t.text == "" || p.steady || t.ends.IsZero() || p.now.IsZero() {
		return t.text
	}
	margin := min(t.ends.Sub(t.began)/5, 5*time.Second)
	if p.now.Before(t.ends.Add(-margin)) {
		return t.text
	}
	p.renew()
	return p.current().text
}

// renew asks for another token of the shared client and reports whether it came.
// Profiles hang on the client, so that it has to be the same one.
func (p *probe) renew() bool {
	form := "client_id=" + url.QueryEscape(p.shared.clientID) + "&client_secret=" + url.QueryEscape(p.shared.clientSecret) + "&grant_type=client_credentials"
	t := grantOf(p.exchange(api.OpToken, p.tokenForm(form)))
	if t.text != "" {
		p.token = t
	}
	return t.text != ""
}

// alive reports whether a request carries the probe's token and nothing else
// that could be refused with 401, before the end that the token announced.
func (p *probe) alive(r *api.HTTPRequest) bool {
	t := p.current()
	fields, right := 0, false
	for _, f := range r.Header {
		if equalFold(f.Name, "Authorization") {
			fields++
			right = f.Value == "Bearer "+t.text
		}
	}
	ours := strings.Contains(r.Target, "/"+url.PathEscape(p.kit.ServiceProvider)+"/")
	early := t.ends.IsZero() || p.now.Before(t.ends.Add(-time.Second))
	return p.shared.tokenTaken && !p.steady && fields == 1 && right && ours && early && !strings.Contains(r.Target, "access_token=")
}

// again repeats a call that got 401 with a fresh token. When that helps, the
// token before had ended ahead of its time; otherwise it was about something
// else, and the first answer counts.
func (p *probe) again(op api.Op, r *api.HTTPRequest, first *Answer) *Answer {
	old := p.current()
	if !p.renew() {
		return first
	}
	repeat := *r
	repeat.Header = append(api.Header(nil), r.Header...)
	second := p.exchange(op, with(&repeat, "Authorization", "Bearer "+p.token.text))
	if second.lost() != "" || second.Status == 401 {
		return first
	}
	p.rule(first, "tok.expiry-honest", false, "the token to work until its end, "+lifeOf(old)+" after it was issued",
		status(first.Status)+" after "+first.Sent.Sub(old.began).Round(time.Second).String()+"; another token worked")
	return second
}

func lifeOf(t grantedToken) string {
	if t.ends.IsZero() {
		return "which it did not announce,"
	}
	return t.ends.Sub(t.began).Round(time.Second).String()
}

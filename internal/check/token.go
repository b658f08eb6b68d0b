package check

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// tokenForm is a token request with a form of our own.
func (p *probe) tokenForm(form string) *api.HTTPRequest {
	r := p.encode(api.Request{Op: api.OpToken})
	r.Body = []byte(form)
	return r
}

// clientForm is the part of a form that proves the client.
func (p *probe) clientForm() string {
	return "client_id=" + url.QueryEscape(p.client().id) + "&client_secret=" + url.QueryEscape(p.client().secret)
}

func (p *probe) goodForm() string { return p.clientForm() + "&grant_type=client_credentials" }

// tokens rules on successful token requests.
func tokens(p *probe) {
	p.ownClient()
	a := p.send(api.OpToken, p.tokenForm(p.goodForm()))
	p.grant(a)
	p.secondToken(a)
	b := p.send(api.OpToken, with(p.tokenForm(p.goodForm()), "Content-Type", formMedia+"; charset=utf-8"))
	p.rule(b, "tok.form-charset", b.succeeded(), "a form with a charset to be taken", saw(b))
	b = p.send(api.OpToken, p.tokenForm(p.goodForm()+"&dcrbench_unknown=x"))
	p.rule(b, "tok.unknown-param", b.succeeded(), "an unknown parameter to be ignored", saw(b))
	b = p.send(api.OpToken, p.tokenForm(p.goodForm()+"&dcrbench_empty="))
	p.rule(b, "tok.empty-param", b.succeeded() || p.book.Get("tok.unknown-param").Kind == Unmet, "an empty parameter to count as absent", saw(b))
	p.basic()
	p.scoped()
}

// grant rules on one token answer.
func (p *probe) grant(a *Answer) {
	if a.lost() == "" && !a.succeeded() {
		p.rule(a, "tok.status-200", false, "status 201, or 200 by the RFC", saw(a))
		return
	}
	switch {
	case a.lost() != "" || a.Status == 200:
		p.say(a, "tok.status-200", Tolerated, "status 201", "status 200, as the RFC has it")
	case a.Status == 201:
		p.say(a, "tok.status-200", Deviates, "status 200", "status 201")
	default:
		p.rule(a, "tok.status-200", false, "status 201, or 200 by the RFC", status(a.Status))
	}
	root := a.json()
	p.rule(a, "tok.media-type", isJSON(a), "application/json", jsonMedia(a))
	if !p.rule(a, "tok.body", root.Kind() == jsondoc.Object, "a JSON object", shapeOf(a)) {
		return
	}
	p.rule(a, "tok.token-type", equalFold(root.Get("token_type").Text(), "bearer"), "token_type bearer", seen(root, "token_type"))
	p.rule(a, "tok.id", root.Get("id").Kind() == jsondoc.String, "a string id", memberOf(root, "id"))
	life, ok := root.Get("expires_in").Int()
	switch {
	case !ok:
		p.rule(a, "tok.expires-in", false, "an integer of seconds", memberOf(root, "expires_in"))
	default:
		// Hours are documented; hours in milliseconds read as months.
		const month = 30 * 24 * 3600
		p.rule(a, "tok.expires-in", life > 0 && life < month, "seconds, more than 0 and less than 30 days", fmt.Sprintf("%d, which looks like milliseconds", life))
	}
	p.createdAt(a, root)
	p.rule(a, "tok.no-refresh", root.Get("refresh_token").Kind() == jsondoc.Absent, "no refresh_token", "a refresh_token")
	p.rule(a, "tok.no-store", noStore(a.Header), "Cache-Control: no-store", cacheControl(a))
	p.rule(a, "tok.pragma", directive(a.Header, "Pragma", "no-cache"), "Pragma: no-cache", "no such field")
	p.noEcho(a, "tok.err-no-echo", p.client().secret)
	p.entropy(a, root.Get("access_token").Text())
}

// seen shows a member's value where it is harmless.
func seen(root jsondoc.Node, name string) string {
	if n := root.Get(name); n.Kind() == jsondoc.String {
		return name + " " + safe(n.Text())
	}
	return memberOf(root, name)
}

// createdAt wants milliseconds; seconds were documented once.
func (p *probe) createdAt(a *Answer, root jsondoc.Node) {
	const id = "tok.created-at"
	at, ok := root.Get("created_at").Int()
	switch {
	case !ok:
		p.rule(a, id, false, "an integer created_at", memberOf(root, "created_at"))
	case nearby(at, a):
		p.rule(a, id, true, "", "")
	case nearby(at*1000, a):
		p.rule(a, id, false, "milliseconds since 1970", "seconds since 1970")
	default:
		p.rule(a, id, false, "the present time in milliseconds", "a time more than a day away")
	}
}

// entropy estimates from the length alone; 96 bits is what other suites take.
func (p *probe) entropy(a *Answer, token string) {
	distinct := map[byte]bool{}
	for i := range len(token) {
		distinct[token[i]] = true
	}
	if len(token) >= 16 && len(distinct) >= 8 {
		p.say(a, "tok.entropy", Met, "", "long enough for 96 bits")
		return
	}
	p.rule(a, "tok.entropy", false, "at least 16 characters of many kinds", "a short or monotonous token")
}

// secondToken asks again at once: is it another token, and does the first live on?
func (p *probe) secondToken(first *Answer) {
	second := p.send(api.OpToken, p.tokenForm(p.goodForm()))
	one, two := first.json().Get("access_token").Text(), second.json().Get("access_token").Text()
	switch {
	case second.lost() == "" && two == "":
		p.say(second, "tok.client-bound", Blocked, "", "tok.access-token")
		p.say(second, "tok.reuse-visible", Blocked, "", "tok.access-token")
		p.say(second, "tok.old-stays", Blocked, "", "tok.access-token")
		return
	case one == two:
		p.say(second, "tok.reuse-visible", Noted, "", "a second request gets the same token")
	default:
		p.say(second, "tok.reuse-visible", Noted, "", "a second request gets another token")
	}
	if p.ownID.id != "" {
		p.rule(second, "tok.client-bound", two != p.shared.accessToken, "another token for another client", "the token of another client")
	} else {
		p.know("tok.client-bound", Blocked, "reg.client-id-fresh")
	}
	a := p.call(api.Request{Op: api.OpConfiguration, AccessToken: one})
	p.rule(a, "tok.old-stays", a.lost() == "" && a.Status != 401, "the first token to stay good", saw(a))
}

// basic tries HTTP Basic, which the vendor does not document.
func (p *probe) basic() {
	login := func(secret string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(p.client().id)+":"+url.QueryEscape(secret)))
	}
	a := p.send(api.OpToken, with(p.tokenForm("grant_type=client_credentials"), "Authorization", login(p.client().secret)))
	if a.lost() == "" && !a.succeeded() {
		p.say(a, "tok.basic", Deviates, "HTTP Basic to be taken", saw(a))
	} else {
		p.rule(a, "tok.basic", true, "", "")
	}
	p.room(3)
	a = p.send(api.OpToken, with(p.tokenForm("grant_type=client_credentials"), "Authorization", login("dcrbench-wrong")))
	if a.lost() == "" && (a.Status != 401 || !a.Header.Has("WWW-Authenticate")) && !a.succeeded() {
		p.say(a, "tok.err-basic-401", Deviates, "status 401 with a challenge", saw(a))
	} else {
		p.rule(a, "tok.err-basic-401", !a.succeeded(), "status 401 with a challenge", saw(a))
	}
	a = p.send(api.OpToken, with(p.tokenForm(p.goodForm()), "Authorization", login(p.client().secret)))
	p.tokenError(a, "tok.one-method", "invalid_request")
}

func (p *probe) scoped() {
	a := p.send(api.OpToken, p.tokenForm(p.goodForm()+"&scope=dcrbench-unknown-scope"))
	reported := a.json().Get("scope").Kind() == jsondoc.String
	switch {
	case a.lost() == "" && a.refused():
		p.rule(a, "tok.scope", true, "", "")
		p.rule(a, "tok.err-scope", errorCode(a) == "invalid_scope", "invalid_scope", saw(a))
	case reported:
		p.rule(a, "tok.scope", true, "", "")
		p.rule(a, "tok.err-scope", true, "", "")
	default:
		p.say(a, "tok.scope", Deviates, "the granted scope", "no member scope")
		p.say(a, "tok.err-scope", Deviates, "invalid_scope, or the granted scope", "a token and no member scope")
	}
}

// tokenErrors provokes every documented refusal of a token.
func tokenErrors(p *probe) {
	p.ownClient()
	p.misplaced()
	p.fresh()
	p.credentialErrors()
	p.fresh()
	p.grantErrors()
	for _, method := range [...]string{"PUT", "DELETE"} {
		r := p.tokenForm(p.goodForm())
		r.Method = method
		a := p.send(api.OpToken, r)
		p.rule(a, "tok.method-405", a.lost() == "" && a.Status == 405, "status 405", saw(a))
	}
}

// misplaced puts the credentials where they do not belong.
func (p *probe) misplaced() {
	r := p.tokenForm("")
	r.Method, r.Target = "GET", r.Target+"?"+p.goodForm()
	a := p.send(api.OpToken, without(r, "Content-Type"))
	p.rule(a, "tok.post-only", !issued(a), "no token by GET", "a token")
	r = p.tokenForm("")
	r.Target += "?" + p.goodForm()
	a = p.send(api.OpToken, r)
	p.rule(a, "tok.creds-not-in-uri", !issued(a), "no token for credentials in the query", "a token")
	body := `{"client_id":"` + p.client().id + `","client_secret":"` + p.client().secret + `","grant_type":"client_credentials"}`
	a = p.send(api.OpToken, with(p.tokenForm(body), "Content-Type", jsonCharset))
	p.noToken(a, "tok.form-only", "a refusal of a JSON body")
	a = p.send(api.OpToken, p.tokenForm(p.goodForm()+"&grant_type=client_credentials"))
	p.tokenError(a, "tok.repeat-param", "invalid_request")
}

// issued reports whether an answer is a token, and no error that holds one.
func issued(a *Answer) bool {
	return a.succeeded() && a.json().Get("access_token").Kind() != jsondoc.Absent
}

func (p *probe) credentialErrors() {
	secret := strings.Repeat("0", len(p.client().secret))
	wrong := p.send(api.OpToken, p.tokenForm("client_id="+url.QueryEscape(p.client().id)+"&client_secret="+secret+"&grant_type=client_credentials"))
	p.tokenError(wrong, "tok.err-client", "invalid_client")
	unknown := p.send(api.OpToken, p.tokenForm("client_id=00000000-0000-4000-8000-000000000000&client_secret="+secret+"&grant_type=client_credentials"))
	same := wrong.Status == unknown.Status && errorCode(wrong) == errorCode(unknown)
	if wrong.succeeded() || unknown.succeeded() {
		p.say(unknown, "tok.err-uniform", Blocked, "", "tok.err-client")
	} else if wrong.lost() == "" {
		p.rule(unknown, "tok.err-uniform", same, "one answer for both", saw(wrong)+" for a wrong secret, "+saw(unknown)+" for an unknown client")
	}
	if same || errorCode(unknown) != "unauthorized_client" {
		p.tokenError(unknown, "tok.err-client", "invalid_client")
	}
	p.foreignSecret()
	a := p.send(api.OpToken, p.tokenForm("grant_type=client_credentials"))
	p.tokenError(a, "tok.err-no-auth", "invalid_client", "invalid_request")
	a = p.send(api.OpToken, p.tokenForm("client_id=&client_secret=&grant_type=client_credentials"))
	p.noToken(a, "tok.err-no-auth", "a refusal of empty credentials")
}

// foreignSecret tries a secret that is genuine and another client's. A refusal
// is judged by its being one: its code is that of any wrong secret.
func (p *probe) foreignSecret() {
	if p.shared.sameClient {
		return
	}
	a := p.call(api.Request{Op: api.OpRegister, SoftwareStatement: p.kit.Statement})
	secret := a.json().Get("client_secret").Text()
	if a.lost() != "" || !a.succeeded() || secret == "" || secret == p.client().secret {
		return
	}
	a = p.call(api.Request{Op: api.OpToken, ClientID: p.client().id, ClientSecret: secret})
	if a.lost() == "" {
		p.noToken(a, "tok.err-client", "a refusal of another client's secret")
	}
}

func (p *probe) grantErrors() {
	a := p.send(api.OpToken, p.tokenForm(p.clientForm()+"&grant_type=urn:dcrbench:unknown"))
	p.tokenError(a, "tok.err-grant", "unsupported_grant_type")
	a = p.send(api.OpToken, p.tokenForm(p.clientForm()))
	p.tokenError(a, "tok.err-grant-missing", "invalid_request")
	a = p.send(api.OpToken, p.tokenForm(p.clientForm()+"&grant_type=password&username=a&password=b"))
	if r := p.book.Get("tok.err-grant"); a.succeeded() && r != nil && r.Kind == Unmet {
		p.say(a, "tok.password-off", Blocked, "", "tok.err-grant")
	} else {
		p.noToken(a, "tok.password-off", "a refusal of the password grant")
	}
	p.noGrant()
}

// noGrant asks for a token as an application that may not use the grant type.
func (p *probe) noGrant() {
	const id = "tok.err-grant-unauthorized"
	if p.kit.Signer == nil || p.kit.Reserved == nil {
		p.know(id, Absent, "it needs an application that may not use the grant type")
		return
	}
	if p.shared.sameClient {
		p.know(id, Blocked, "reg.client-id-fresh")
		return
	}
	clientID, secret, a := p.registered(p.kit.Reserved.NoGrantSoftware, p.kit.Claims.Scopes)
	if clientID == "" {
		p.say(a, id, Unclear, "", "the application could not be registered")
		return
	}
	a = p.call(api.Request{Op: api.OpToken, ClientID: clientID, ClientSecret: secret})
	p.tokenError(a, id, "unauthorized_client")
}

// registered registers an application of our own making.
func (p *probe) registered(software string, scopes []string) (clientID, secret string, a *Answer) {
	c := p.kit.Claims
	c.SoftwareID, c.Scopes = software, scopes
	s, err := p.kit.Signer.Sign(c, p.now)
	if err != nil {
		return "", "", nil
	}
	a = p.call(api.Request{Op: api.OpRegister, SoftwareStatement: s})
	root := a.json()
	return root.Get("client_id").Text(), root.Get("client_secret").Text(), a
}

// disguised reports a refusal with the status of a success, which is one fault
// however many checks run into it.
func (p *probe) disguised(a *Answer, id string) bool {
	root := a.json()
	if a.lost() != "" || !a.succeeded() || root.Get("error").Kind() != jsondoc.String || root.Get("access_token").Kind() != jsondoc.Absent {
		return false
	}
	p.rule(a, "tok.err-status", false, "status 400", saw(a))
	p.say(a, id, Blocked, "", "tok.err-status")
	return true
}

// noToken rules that a request for a token is refused, by whatever error.
func (p *probe) noToken(a *Answer, id, want string) {
	if !p.disguised(a, id) {
		p.rule(a, id, !a.succeeded(), want, saw(a))
	}
}

// tokenError rules on one refusal: its code, and what holds for all of them.
func (p *probe) tokenError(a *Answer, id string, codes ...string) {
	p.errorBody(a, "tok", api.OpToken)
	got := errorCode(a)
	if p.disguised(a, id) {
		return
	}
	if a.lost() == "" && a.succeeded() {
		p.rule(a, id, false, "a refusal as "+codes[0], saw(a))
		return
	}
	if a.lost() == "" && got == "" {
		p.say(a, id, Blocked, "", "tok.err-shape")
		return
	}
	if !describable(got) {
		p.say(a, id, Blocked, "", "tok.err-charset")
		return
	}
	if a.lost() == "" {
		_, listed := api.LookupDCRError(api.OpToken, got)
		p.rule(a, "tok.err-codes", listed || got == "invalid_scope", "a listed code", saw(a))
		if !listed {
			p.say(a, id, Blocked, "", "tok.err-codes")
			return
		}
	}
	ok := false
	for _, code := range codes {
		ok = ok || got == code
	}
	p.rule(a, id, ok, strings.Join(codes, " or "), saw(a))
}

// tokenBruteForce tries wrong secrets in a row.
func tokenBruteForce(p *probe) {
	form := "client_id=" + url.QueryEscape(p.client().id) + "&client_secret=dcrbench-wrong&grant_type=client_credentials"
	var a *Answer
	for i := range 25 {
		if i%perDevice == 0 {
			p.fresh()
		}
		a = p.send(api.OpToken, p.tokenForm(form))
		if a.lost() != "" || a.Status == 429 || a.Status == 403 {
			p.rule(a, "tok.bruteforce", true, "", "")
			return
		}
	}
	p.rule(a, "tok.bruteforce", false, "wrong secrets to be slowed or blocked", "25 wrong secrets in a row, each answered alike")
}

// expiry waits for the end of a token, where the probe's patience allows.
func expiry(p *probe) {
	p.ownClient()
	a := p.send(api.OpToken, p.tokenForm(p.goodForm()))
	token := a.json().Get("access_token").Text()
	life, ok := a.json().Get("expires_in").Int()
	if token == "" || !ok || life <= 0 {
		by := "tok.expires-in"
		if token == "" {
			by = "tok.access-token"
		}
		p.say(a, "tok.expiry-honest", Blocked, "", by)
		p.say(a, "api.expired", Blocked, "", by)
		return
	}
	span := seconds(life)
	if span > p.kit.Patience {
		why := "a token lives " + span.String() + "; the suite waits for at most " + p.kit.Patience.String()
		p.know("tok.expiry-honest", Absent, why)
		p.know("api.expired", Absent, why)
		return
	}
	margin := min(span/10, seconds(5))
	p.wait(a.Received.Add(span - margin).Sub(p.now))
	b := p.call(api.Request{Op: api.OpConfiguration, AccessToken: token})
	p.rule(b, "tok.expiry-honest", b.lost() == "" && b.Status != 401, "the token to work "+margin.String()+" before its end", saw(b))
	p.wait(a.Received.Add(span + seconds(2)).Sub(p.now))
	b = p.call(api.Request{Op: api.OpConfiguration, AccessToken: token})
	p.rule(b, "api.expired", b.lost() == "" && b.Status == 401, "status 401 two seconds after the token's end", saw(b))
}

package check

import (
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// watch rules on what holds for every answer of the protected API, whatever the
// probe that asked.
func (p *probe) watch(op api.Op, r *api.HTTPRequest, a *Answer) {
	if a.lost() != "" {
		return
	}
	if r.Header.Has("Authorization") {
		p.noEcho(a, "api.no-echo", p.shared.accessToken, p.token.text)
	}
	switch {
	case a.Status == 401:
		p.challenges(a)
	case a.Status == 405:
		p.rule(a, "api.405-allow", a.Header.Get("Allow") != "", "an Allow field", "no Allow field")
	case a.succeeded() && r.Header.Has("Authorization"):
		shared := directive(a.Header, "Cache-Control", "public") || directive(a.Header, "Cache-Control", "s-maxage")
		p.rule(a, "api.shared-cache", !shared, "no public and no s-maxage", cacheControl(a))
	}
	if root := a.json(); a.succeeded() {
		// A listed code with the status of a refusal is an error, whatever the
		// status line says.
		inside, _ := root.Get("status").Int()
		if _, listed := api.LookupError(root.Get("code").Text()); listed && inside >= 400 {
			p.rule(a, "err.http-status", false, "the "+status(int(min(inside, 599)))+" of the error itself", saw(a))
			a.blame = "err.http-status"
		}
	}
	// An error of the list is judged under any status; other bodies only where
	// the page lists the status.
	_, listed := api.LookupError(a.json().Get("code").Text())
	if a.Status >= 400 && a.Status != 429 && (listed || slices.Contains(op.Describe().Statuses, a.Status)) {
		p.topLevel(a)
	}
}

// challenges rules on the WWW-Authenticate fields of a 401.
func (p *probe) challenges(a *Answer) {
	if !p.rule(a, "api.401-has-challenge", a.Header.Has("WWW-Authenticate"), "a WWW-Authenticate field", "none") {
		p.say(a, "api.challenge-syntax", Blocked, "", "api.401-has-challenge")
		return
	}
	for _, f := range a.Header {
		if !equalFold(f.Name, "WWW-Authenticate") {
			continue
		}
		c, why := parseChallenge(f.Value)
		if why == "" && !equalFold(c.scheme, "Bearer") {
			continue
		}
		p.rule(a, "api.challenge-syntax", why == "", "a Bearer challenge with parameters", why)
		return
	}
	p.rule(a, "api.challenge-syntax", false, "a Bearer challenge", "challenges of other schemes only")
}

// challenge is a parsed WWW-Authenticate field (RFC 9110 section 11.6.1).
type challenge struct {
	scheme string
	params map[string]string
}

// bearerChallenge returns the Bearer challenge of an answer.
func bearerChallenge(a *Answer) (challenge, bool) {
	for _, f := range a.Header {
		if equalFold(f.Name, "WWW-Authenticate") {
			if c, why := parseChallenge(f.Value); why == "" && equalFold(c.scheme, "Bearer") {
				return c, true
			}
		}
	}
	return challenge{}, false
}

// parseChallenge reads one challenge and says why it cannot.
func parseChallenge(value string) (c challenge, why string) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	c = challenge{scheme: scheme, params: map[string]string{}}
	if scheme == "" || strings.ContainsAny(scheme, `=,"`) {
		return c, "a challenge without a scheme"
	}
	rest = strings.TrimSpace(rest)
	for rest != "" {
		name, after, found := strings.Cut(rest, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !found || name == "" || strings.ContainsAny(name, " \",") {
			return c, "a challenge whose parameters do not parse"
		}
		if _, twice := c.params[name]; twice {
			return c, "the attribute " + safe(name) + " twice"
		}
		var text string
		var ok bool
		if text, rest, ok = paramValue(strings.TrimSpace(after)); !ok {
			return c, "a challenge whose parameters do not parse"
		}
		c.params[name] = text
	}
	return c, ""
}

// paramValue reads a token or quoted string and the comma after it.
func paramValue(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ",")
		value = strings.TrimSpace(value)
		return value, strings.TrimSpace(rest), value != "" && !strings.ContainsAny(value, " \"")
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			rest = strings.TrimSpace(s[i+1:])
			if rest != "" && rest[0] != ',' {
				return "", "", false
			}
			return s[1:i], strings.TrimSpace(strings.TrimPrefix(rest, ",")), true
		}
	}
	return "", "", false
}

// topLevel rules on the form of a top-level enhanced error. A body is optional,
// and a 401 or 403 may have the older form.
func (p *probe) topLevel(a *Answer) {
	root := a.json()
	if len(a.Body) == 0 || !p.kit.Strict && (a.Status == 401 || a.Status == 403) && root.Get("error").Kind() == jsondoc.String {
		return
	}
	p.rule(a, "err.media-type", isJSON(a), "application/json", jsonMedia(a))
	p.enhanced(a, root, api.TopLevel)
}

// enhanced rules on an enhanced error object (enhanced error codes page, A-39).
func (p *probe) enhanced(a *Answer, n jsondoc.Node, level api.ErrorLevel) {
	code, action, st := n.Get("code"), n.Get("action"), n.Get("status")
	if code.Kind() == jsondoc.Absent && action.Kind() == jsondoc.Absent && st.Kind() == jsondoc.Absent {
		p.rule(a, "err.missing-code", false, "an enhanced error: action, status and code", "an object without any of the three")
		p.say(a, "err.missing-action", Blocked, "", "err.missing-code")
		p.say(a, "err.missing-status", Blocked, "", "err.missing-code")
		return
	}
	p.rule(a, "err.missing-code", code.Kind() == jsondoc.String, "a string code", memberOf(n, "code"))
	p.rule(a, "err.missing-action", action.Kind() == jsondoc.String, "a string action", memberOf(n, "action"))
	p.rule(a, "err.missing-status", st.Kind() != jsondoc.Absent, "a status", "no member status")
	number, integral := st.Int()
	if st.Kind() != jsondoc.Absent {
		p.rule(a, "err.status-type", integral, "an integer status", memberOf(n, "status"))
	}
	if help := n.Get("helpUrl"); help.Kind() != jsondoc.Absent {
		text := strings.ToLower(help.Text())
		p.rule(a, "err.help-url", strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://"), "an absolute URL", "another value")
	}
	for _, name := range [...]string{"message", "details", "trace"} {
		kind := n.Get(name).Kind()
		p.rule(a, "err.optional-types", kind == jsondoc.String || kind == jsondoc.Absent || kind == jsondoc.Null, "a string "+name, memberOf(n, name))
	}
	row, known := api.LookupError(code.Text())
	// A code that answers to something else has no action or status to be held
	// against: the check of the code that was due says so.
	if !known || row.OpenAPIOnly() || p.expecting != "" && p.expecting != row.Code {
		return
	}
	if action.Kind() == jsondoc.String {
		got := api.ParseErrorAction(action.Text())
		fits := row.HasAction(got) && (!p.kit.Strict || got == row.Action)
		p.rule(a, "err.wrong-action", fits, "action "+row.Action.String()+" with "+row.Code, "action "+safe(action.Text()))
	}
	if integral {
		p.rule(a, "err.body-status", row.HasStatus(int(number)), status(row.Statuses[0])+" inside "+row.Code, status(int(number)))
	}
	// Whether a bad token gets 401 is the business of the bearer checks.
	if level == api.TopLevel && !row.HasStatus(401) {
		p.rule(a, "err.http-status", row.HasStatus(a.Status), status(row.Statuses[0])+" with "+row.Code, status(a.Status))
	}
	p.rule(a, "err.level", row.AllowedAt(level), row.Code+" at the level "+row.Level.String(), "at the level "+level.String())
}

package audit

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// form judges what one request shows by itself.
func (r *reader) form(s Setting) {
	w := &r.w
	if s.Scheme != "" {
		r.rule(env03, s.Scheme == "https", "sent over http")
	}
	if w.op == api.OpUnknown {
		return
	}
	switch w.op {
	case api.OpRegister:
		r.registerForm()
	case api.OpToken:
		r.tokenForm()
	case api.OpSessionsCreate, api.OpSessionsResume, api.OpSSOSessions, api.OpLogout:
		r.returnAddress()
	case api.OpSSOProfiles:
		r.samlForm()
	case api.OpPreauthorize:
		r.countResources(pre04, 5)
	case api.OpAuthorize:
		r.countResources(auz06, 1)
		r.tempPass()
	}
	r.expected()
	r.headers()
}

// rule marks a rule as kept or broken.
func (r *reader) rule(n number, kept bool, what string) {
	if kept {
		r.mark(n, Kept, "")
		return
	}
	r.mark(n, Broken, what)
}

func (r *reader) registerForm() {
	w := &r.w
	r.contentType(api.BodyJSON)
	switch {
	case w.method != "POST":
		r.mark(dcr12, Broken, "sent as "+w.method+" instead of POST")
	case w.hidden:
		r.mark(dcr12, Undecidable, "the recording holds no body")
	case !api.IsJSON(w.header.Get("Content-Type")):
		r.mark(dcr12, Broken, "the Content-Type is not application/json")
	default:
		r.rule(dcr12, w.body.Get("software_statement").Text() != "", "no software_statement in a JSON body")
	}
	r.deviceInfo(dcr15)
	if w.hidden {
		return
	}
	r.rule(dcr16, !w.doc.HasDuplicateKeys() && !repeated(w.query), "a parameter is repeated")
}

func (r *reader) tokenForm() {
	w := &r.w
	r.contentType(api.BodyForm)
	inQuery := has(w.query, "client_id") || has(w.query, "client_secret") || has(w.query, "grant_type")
	missing := ""
	for _, name := range []string{"client_id", "client_secret", "grant_type"} {
		if !has(w.form, name) && (r.options.Strict || !has(w.query, name)) {
			missing += " " + name
		}
	}
	switch {
	case w.method != "POST":
		r.mark(dcr13, Broken, "sent as "+w.method+" instead of POST")
	case w.hidden && !inQuery:
		r.mark(dcr13, Undecidable, "the recording holds no body")
	default:
		r.rule(dcr13, missing == "", "not in the form:"+missing)
	}
	r.deviceInfo(dcr15)
	r.grant()
	r.tokenParameters()
}

func (r *reader) tokenParameters() {
	w := &r.w
	if w.hidden && len(w.query) == 0 {
		return
	}
	secretInBody := has(w.form, "client_secret") || has(w.form, "client_assertion")
	switch {
	case repeated(w.form) || repeated(w.query):
		r.mark(dcr16, Broken, "a parameter is repeated")
	case w.header.Has("Authorization") && secretInBody:
		r.mark(dcr16, Broken, "credentials in the Authorization header and in the body")
	case secretInBody && has(w.query, "client_secret"):
		r.mark(dcr16, Broken, "credentials in the query and in the body")
	default:
		r.mark(dcr16, Kept, "")
	}
}

// countResources judges the length of a list. The bound is configured by the
// vendor, so that the tolerant reading waits for a refusal.
func (r *reader) countResources(n number, most int) {
	w := &r.w
	if w.hidden {
		return
	}
	count := w.body.Get("resources").Len()
	refused := r.e.errCode == "too_many_resources"
	r.rule(n, !refused && (count <= most || !r.options.Strict), "more resources than the service takes in one call")
}

// returnAddress judges a redirectUrl: an absolute URL once it is decoded once.
func (r *reader) returnAddress() {
	list := r.w.form
	if r.w.op == api.OpLogout {
		list = r.w.query
	}
	for i := range list {
		f := &list[i]
		if f.name != "redirectUrl" {
			continue
		}
		_, rest, absolute := strings.Cut(f.value, "://")
		switch {
		case !f.sound || !absolute || rest == "":
			r.mark(aut06, Broken, "redirectUrl is no absolute URL after decoding it once")
		case strings.ContainsAny(f.raw, ":/?#[]@"):
			r.mark(aut06, Broken, "redirectUrl holds reserved characters that are not encoded")
		default:
			r.mark(aut06, Kept, "")
		}
	}
}

func (r *reader) samlForm() {
	value := valueOf(r.w.form, "SAMLResponse")
	if value == "" || isTag(value) {
		return
	}
	r.rule(aut06, !strings.ContainsAny(value, " %") && decodes(value), "SAMLResponse is not base64 after decoding it once")
}

// isTag reports whether a value stands for a secret that was redacted.
func isTag(s string) bool {
	kind, digits, ok := strings.Cut(s, ":")
	return ok && kind != "" && len(digits) == 8 && strings.Trim(digits, "0123456789abcdef") == ""
}

func (r *reader) tempPass() {
	if r.e.errCode == "invalid_header_identity_for_temporary_access" && !r.w.header.Has("AP-TempPass-Identity") {
		r.mark(auz07, Broken, "the provider wants AP-TempPass-Identity, which is missing")
	}
}

// contentType judges the type of a body by A-01.
func (r *reader) contentType(want api.Body) {
	w := &r.w
	if w.hidden && !w.header.Has("Content-Type") {
		return
	}
	value := w.header.Get("Content-Type")
	switch {
	case want == api.BodyForm:
		r.rule(hdr15, api.IsForm(value), "the Content-Type is not application/x-www-form-urlencoded")
	case !api.IsJSON(value):
		r.mark(hdr15, Broken, "the Content-Type is not application/json")
	case r.options.Strict:
		r.rule(hdr15, api.IsUTF8(value), "the Content-Type names no charset=utf-8")
	default:
		charset := api.Charset(value)
		r.rule(hdr15, charset == "" || strings.EqualFold(charset, "utf-8"), "the Content-Type names another charset than utf-8")
	}
}

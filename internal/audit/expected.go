package audit

import (
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// vocabulary are the header fields of this API that only some operations list.
var vocabulary = []struct {
	name string
	ops  []api.Op
	// more are operations for which only the OpenAPI file lists the field: good
	// enough for the tolerant reading.
	more []api.Op
}{
	{"Adobe-Subject-Token", tokenOps, nil},
	{"X-Roku-Reserved-Roku-Connect-Token", tokenOps, nil},
	{"AD-Service-Token", tokenOps, nil},
	{"AP-Partner-Framework-Status", []api.Op{api.OpSSOSessions, api.OpSSOProfiles, api.OpProfilesList, api.OpProfilesMVPD, api.OpAuthorize, api.OpPreauthorize}, nil},
	{"AP-TempPass-Identity", []api.Op{api.OpProfilesMVPD, api.OpProfilesCode, api.OpAuthorize}, []api.Op{api.OpPreauthorize}},
	{"AP-Visitor-Identifier", visitorOps, nil},
}

// tokenOps list the tokens of single sign-on.
var tokenOps = []api.Op{api.OpSessionsCreate, api.OpProfilesList, api.OpProfilesMVPD, api.OpAuthorize, api.OpPreauthorize, api.OpLogout}

// visitorOps list the visitor identifier: every call but two.
var visitorOps = []api.Op{
	api.OpSessionsCreate, api.OpSessionsResume, api.OpSessionsRetrieve, api.OpProfilesList, api.OpProfilesMVPD, api.OpProfilesCode,
	api.OpAuthorize, api.OpPreauthorize, api.OpLogout, api.OpSSOSessions, api.OpSSOProfiles,
}

// standard are header fields that a transport or a browser adds.
var standard = []string{
	"accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "cache-control", "connection", "content-encoding",
	"content-length", "content-type", "cookie", "date", "dnt", "expect", "forwarded", "host", "if-modified-since", "if-none-match",
	"keep-alive", "origin", "pragma", "priority", "proxy-connection", "range", "referer", "te", "traceparent", "tracestate",
	"trailer", "transfer-encoding", "upgrade", "upgrade-insecure-requests", "user-agent", "via",
	"ap-device-identifier", "x-device-info", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "x-requested-with",
}

// parameters are the documented parameters of each operation, of its query, form
// and JSON body together.
func parameters(op api.Op) []string {
	switch op {
	case api.OpRegister:
		return []string{"software_statement", "redirect_uri", "redirect_uris"}
	case api.OpToken:
		return []string{"client_id", "client_secret", "grant_type"}
	case api.OpConfiguration:
		return []string{"profile"}
	case api.OpSessionsCreate, api.OpSessionsResume:
		return []string{"mvpd", "domainName", "redirectUrl"}
	case api.OpSSOSessions:
		return []string{"domainName", "redirectUrl"}
	case api.OpSSOProfiles:
		return []string{"SAMLResponse"}
	case api.OpAuthorize, api.OpPreauthorize:
		return []string{"resources"}
	case api.OpLogout:
		return []string{"redirectUrl"}
	}
	return nil
}

// expected judges whether the request holds anything that its page does not
// list. The tolerant reading passes over fields that are no part of this API.
func (r *reader) expected() {
	w := &r.w
	if w.op == api.OpAuthenticate {
		return
	}
	if !methodFits(w) {
		r.mark(hdr05, Broken, "the method of "+w.op.String()+" is "+w.op.Describe().Method)
		return
	}
	for _, f := range w.header {
		if r.unexpected(f.Name) {
			r.mark(hdr05, Broken, "header field "+fieldName(f.Name)+" is not listed for "+w.op.String())
			return
		}
	}
	known := parameters(w.op)
	for _, list := range [][]field{w.query, w.form} {
		for i := range list {
			if !slices.Contains(known, list[i].name) && list[i].name != "access_token" {
				r.mark(hdr05, Broken, "parameter "+fieldName(list[i].name)+" is not listed for "+w.op.String())
				return
			}
		}
	}
	for name := range w.body.Members() {
		if !slices.Contains(known, name.Text()) {
			r.mark(hdr05, Broken, "member "+fieldName(name.Text())+" is not listed for "+w.op.String())
			return
		}
	}
	r.mark(hdr05, Kept, "")
}

func methodFits(w *wire) bool { return w.method == w.op.Describe().Method }

// grant judges the grant type: the documents know one.
func (r *reader) grant() {
	if value := r.w.parameter("grant_type"); value != "" {
		r.rule(dcr14, value == "client_credentials", "the grant type is not client_credentials")
	}
}

func (r *reader) unexpected(name string) bool {
	for i := range vocabulary {
		if v := &vocabulary[i]; len(v.name) == len(name) && strings.EqualFold(v.name, name) {
			return !slices.Contains(v.ops, r.w.op) && (r.options.Strict || !slices.Contains(v.more, r.w.op))
		}
	}
	for _, s := range standard {
		if len(s) == len(name) && strings.EqualFold(s, name) {
			return false
		}
	}
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, "sec-") || strings.HasPrefix(lower, ":") {
		return false
	}
	return r.options.Strict || strings.HasPrefix(lower, "ap-")
}

// fieldName is a name that may be shown: one that reads like a name. Anything
// else may be a secret that went astray.
func fieldName(s string) string {
	if s == "" || len(s) > 40 {
		return "(other)"
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && s[i] != '-' && s[i] != '_' {
			return "(other)"
		}
	}
	return s
}

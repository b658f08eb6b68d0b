package api

import (
	"slices"
	"strings"
)

// Media types and values that Encode sends, as the tables of the API pages
// list them. The pages' own samples leave the charset out; with
// it, a request passes the strict and the tolerant reading alike.
const (
	mediaJSON = "application/json;charset=utf-8"
	mediaForm = "application/x-www-form-urlencoded"
	grantType = "client_credentials"
	bearer    = "Bearer "
)

// Encode writes the request as it travels from a device with identity id into
// dst, whose memory it reuses; dst's strings are fresh and may be kept, its
// Header and Body are valid until the next Encode into it. A nil id leaves all
// identity headers out.
//
// Only the parameters and headers that the operation's API page lists are sent,
// and X-Forwarded-For, which the throttling page asks for on every throttled
// path. Empty parameters are left out, except those of a path and of the
// two DCR calls. An empty access token sends no Authorization header.
func (r *Request) Encode(id *Identity, dst *HTTPRequest) {
	dst.Reset()
	op := r.Op.Describe()
	dst.Method = op.Method
	dst.Target = r.target(op)
	dst.Header = r.appendHeader(dst.Header, op, id)
	dst.Body = r.appendBody(dst.Body)
}

func (r *Request) target(op *Operation) string {
	if strings.IndexByte(op.Template, '{') < 0 {
		return op.Template
	}
	var scratch [256]byte
	t := appendPath(scratch[:0], op.Template, r)
	if r.Op == OpLogout && r.RedirectURL != "" {
		t = append(t, "?redirectUrl="...)
		t = appendEscaped(t, r.RedirectURL)
	}
	return string(t)
}

// appendPath fills the parameters of a template in.
func appendPath(dst []byte, template string, r *Request) []byte {
	for {
		before, rest, found := strings.Cut(template, "{")
		dst = append(dst, before...)
		if !found {
			return dst
		}
		name, after, _ := strings.Cut(rest, "}")
		dst = appendEscaped(dst, r.pathParam(name))
		template = after
	}
}

func (r *Request) pathParam(name string) string {
	switch name {
	case "serviceProvider":
		return r.ServiceProvider
	case "mvpd":
		return r.MVPD
	case "code":
		return r.Code
	case "partner":
		return r.Partner
	}
	return ""
}

func (r *Request) appendHeader(h Header, op *Operation, id *Identity) Header {
	if id == nil {
		id = &Identity{}
	}
	h = appendField(h, "User-Agent", id.UserAgent)
	if r.Op != OpAuthenticate {
		h = append(h, Field{"Accept", mediaJSON})
	}
	if op.Auth == AuthBearer && r.AccessToken != "" {
		h = append(h, Field{"Authorization", bearer + r.AccessToken})
	}
	switch op.Body {
	case BodyJSON:
		h = append(h, Field{"Content-Type", mediaJSON})
	case BodyForm:
		h = append(h, Field{"Content-Type", mediaForm})
	}
	if op.DeviceHeaders {
		h = appendField(h, "AP-Device-Identifier", id.DeviceIdentifier)
	}
	if r.Op.WantsDeviceInfo() {
		h = appendField(h, "X-Device-Info", id.DeviceInfo)
	}
	h = appendField(h, "X-Forwarded-For", id.ForwardedFor)
	if r.Op.TakesPartnerStatus() {
		h = appendField(h, "AP-Partner-Framework-Status", r.PartnerStatus)
	}
	if r.Op.TakesTempPassIdentity() {
		h = appendField(h, "AP-TempPass-Identity", r.TempPassIdentity)
	}
	return h
}

func appendField(h Header, name, value string) Header {
	if value == "" {
		return h
	}
	return append(h, Field{name, value})
}

// WantsDeviceInfo reports whether the operation's API page requires
// X-Device-Info: the two DCR calls and every operation that requires
// AP-Device-Identifier.
func (o Op) WantsDeviceInfo() bool {
	return o == OpRegister || o == OpToken || o.Describe().DeviceHeaders
}

// TakesPartnerStatus reports whether the operation's API page lists
// AP-Partner-Framework-Status.
func (o Op) TakesPartnerStatus() bool {
	switch o {
	case OpSSOSessions, OpSSOProfiles, OpProfilesList, OpProfilesMVPD, OpAuthorize, OpPreauthorize:
		return true
	}
	return false
}

// TakesTempPassIdentity reports whether the operation's API page lists
// AP-TempPass-Identity.
func (o Op) TakesTempPassIdentity() bool {
	switch o {
	case OpProfilesMVPD, OpProfilesCode, OpAuthorize:
		return true
	}
	return false
}

func (r *Request) appendBody(b []byte) []byte {
	switch r.Op {
	case OpRegister:
		b = slices.Grow(b, len(r.SoftwareStatement)+len(r.RedirectURI)+64)
		b = append(b, `{"software_statement":`...)
		b = appendJSONString(b, r.SoftwareStatement)
		if r.RedirectURI != "" {
			b = append(b, `,"redirect_uri":`...)
			b = appendJSONString(b, r.RedirectURI)
		}
		return append(b, '}')
	case OpToken:
		b = append(b, "client_id="...)
		b = appendFormValue(b, r.ClientID)
		b = append(b, "&client_secret="...)
		b = appendFormValue(b, r.ClientSecret)
		return append(b, "&grant_type="+grantType...)
	case OpSessionsCreate, OpSessionsResume:
		b = appendFormField(b, "mvpd", r.MVPD)
		b = appendFormField(b, "domainName", r.DomainName)
		return appendFormField(b, "redirectUrl", r.RedirectURL)
	case OpSSOSessions:
		b = appendFormField(b, "domainName", r.DomainName)
		return appendFormField(b, "redirectUrl", r.RedirectURL)
	case OpSSOProfiles:
		return appendFormField(b, "SAMLResponse", r.SAMLResponse)
	case OpAuthorize, OpPreauthorize:
		return appendResources(b, r.Resources)
	}
	return b
}

func appendResources(b []byte, resources []string) []byte {
	b = append(b, `{"resources":[`...)
	for i, id := range resources {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, id)
	}
	return append(b, "]}"...)
}

// appendFormField adds a field to a form; an empty value adds nothing, as the
// session operations succeed without their parameters and ask for them.
func appendFormField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	if len(b) > 0 {
		b = append(b, '&')
	}
	b = append(b, name...)
	b = append(b, '=')
	return appendFormValue(b, value)
}

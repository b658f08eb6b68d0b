package adobepass

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/grafana/sobek"
	"golang.org/x/net/http/httpguts"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/nearest"
)

// parameters are what the API page of each operation lists, by the names of the
// pages. Those in needed have no sensible default.
var parameters = map[api.Op]struct{ takes, needed []string }{
	api.OpConfiguration:    {[]string{"serviceProvider"}, nil},
	api.OpSessionsCreate:   {[]string{"serviceProvider", "mvpd", "domainName", "redirectUrl"}, nil},
	api.OpSessionsResume:   {[]string{"serviceProvider", "code", "mvpd", "domainName", "redirectUrl"}, []string{"code"}},
	api.OpSessionsRetrieve: {[]string{"serviceProvider", "code"}, []string{"code"}},
	api.OpAuthenticate:     {[]string{"serviceProvider", "code"}, []string{"code"}},
	api.OpProfilesList:     {[]string{"serviceProvider", "partnerStatus"}, nil},
	api.OpProfilesMVPD:     {[]string{"serviceProvider", "mvpd", "partnerStatus", "tempPassIdentity"}, nil},
	api.OpProfilesCode:     {[]string{"serviceProvider", "code", "tempPassIdentity"}, []string{"code"}},
	api.OpAuthorize:        {[]string{"serviceProvider", "mvpd", "resources", "partnerStatus", "tempPassIdentity"}, nil},
	api.OpPreauthorize:     {[]string{"serviceProvider", "mvpd", "resources", "partnerStatus"}, nil},
	api.OpLogout:           {[]string{"serviceProvider", "mvpd", "redirectUrl"}, nil},
	api.OpSSOSessions:      {[]string{"serviceProvider", "partner", "partnerStatus", "domainName", "redirectUrl"}, []string{"partner"}},
	api.OpSSOProfiles:      {[]string{"serviceProvider", "partner", "partnerStatus", "samlResponse"}, []string{"partner", "samlResponse"}},
}

// parseOperation returns the operation called name.
func parseOperation(name string) (api.Op, error) {
	op, ok := api.ParseOp(name)
	if _, callable := parameters[op]; callable {
		return op, nil
	}
	if ok {
		return op, fmt.Errorf("device.call: %q is not an operation of the API; use device.%s()", name, name)
	}
	return op, fmt.Errorf("device.call: unknown operation %q; %s", name, meant(name))
}

// meant says which operation name may stand for: one that is spelt alike, one that
// has it for its first or last word, or any of them.
func meant(name string) string {
	var callable []string
	for _, known := range api.OpNames() {
		if op, _ := api.ParseOp(known); parameters[op].takes != nil {
			callable = append(callable, known)
		}
	}
	best := nearest.Name(name, callable)
	for _, known := range callable {
		first, last, _ := strings.Cut(known, ".")
		if best == "" && (strings.EqualFold(name, first) || strings.EqualFold(name, last)) {
			best = known
		}
	}
	if best == "" {
		return "known are " + strings.Join(callable, ", ")
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// callErrand reads the options of device.call. What they leave out is the
// fleet's and the viewer's; an empty string leaves a parameter out.
func (f *fleet) callErrand(i int, name string, value sobek.Value) (*errand, error) {
	op, err := parseOperation(name)
	if err != nil {
		return nil, err
	}
	e := &errand{op: op}
	b := openBag(fmt.Sprintf("device.call(%q)", name), value)
	b.flag("retry", &e.again)
	src := f.population.Fleet()
	p := &api.Request{ServiceProvider: src.ServiceProvider, MVPD: f.population.Viewer(i),
		DomainName: src.DomainName, RedirectURL: src.RedirectURL, Resources: src.Resources[:1]}
	for _, key := range parameters[op].takes {
		if !readParameter(p, b, key) && b.get(key) == nil && slices.Contains(parameters[op].needed, key) {
			b.fail(key, errors.New("is missing"))
		}
	}
	if err := b.done(); err != nil {
		return nil, err
	}
	e.fill = func(r *api.Request) {
		token := r.AccessToken
		*r = *p
		r.Op, r.AccessToken = op, token
	}
	return e, nil
}

// readParameter takes one parameter from the bag and reports whether it was there.
func readParameter(p *api.Request, b *bag, key string) bool {
	switch key {
	case "serviceProvider":
		return b.str(key, &p.ServiceProvider)
	case "mvpd":
		return b.str(key, &p.MVPD)
	case "code":
		return b.str(key, &p.Code)
	case "partner":
		return b.str(key, &p.Partner)
	case "domainName":
		return b.str(key, &p.DomainName)
	case "redirectUrl":
		return b.str(key, &p.RedirectURL)
	case "resources":
		return b.texts(key, &p.Resources)
	case "samlResponse":
		return b.str(key, &p.SAMLResponse)
	case "partnerStatus":
		return b.str(key, &p.PartnerStatus)
	case "tempPassIdentity":
		return b.str(key, &p.TempPassIdentity)
	}
	return false
}

// fetchErrand reads the options of device.register and device.token.
func fetchErrand(op api.Op, value sobek.Value) (e *errand, force bool, err error) {
	e = &errand{op: errandOp, stop: op}
	b := openBag("device."+op.String(), value)
	b.flag("force", &force)
	b.flag("retry", &e.again)
	return e, force, b.done()
}

// requestErrand reads a request in the script's own words.
func requestErrand(method, path string, value sobek.Value, id *api.Identity) (*errand, error) {
	const where = "device.request"
	method = strings.ToUpper(method)
	if method == "" || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return nil, fmt.Errorf("%s: method must be such as \"GET\", not %q", where, method)
	}
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("%s: path must begin with a slash, not %q", where, path)
	}
	plain, _, _ := strings.Cut(path, "?")
	op, _, known := api.Match(method, plain)
	if !known || op.Describe().Method != method {
		op = api.OpUnknown
	}
	raw := &rawRequest{route: "/{path}", bearer: op.Protected()}
	if op != api.OpUnknown {
		raw.route = op.Describe().Template
	}
	e := &errand{op: op, raw: raw}
	raw.wire.Method, raw.wire.Target = method, path
	b := openBag(where, value)
	var body string
	b.flag("retry", &e.again)
	b.flag("token", &raw.bearer)
	b.str("name", &raw.route)
	if b.str("body", &body) {
		raw.wire.Body = []byte(body)
	}
	headers := b.open("headers")
	raw.wire.Header = readHeaders(headers, id)
	if err := headers.done(); err != nil {
		b.errs = append(b.errs, err)
	}
	return e, b.done()
}

// readHeaders lists the device's own fields and, over them, those of the script;
// null leaves one out.
func readHeaders(b *bag, id *api.Identity) api.Header {
	own := api.Header{
		{Name: "User-Agent", Value: id.UserAgent}, {Name: "X-Forwarded-For", Value: id.ForwardedFor},
		{Name: "Ap-Device-Identifier", Value: id.DeviceIdentifier}, {Name: "X-Device-Info", Value: id.DeviceInfo},
	}
	own = slices.DeleteFunc(own, func(f api.Field) bool { return f.Value == "" })
	if b.object == nil {
		return own
	}
	for _, key := range b.object.Keys() {
		name := http.CanonicalHeaderKey(key)
		own = slices.DeleteFunc(own, func(f api.Field) bool { return f.Name == name })
		var value string
		switch {
		case !httpguts.ValidHeaderFieldName(key):
			b.known = append(b.known, key)
			b.errs = append(b.errs, fmt.Errorf("%s: %q is no name of a header", b.where, key))
		case !b.str(key, &value):
		case !httpguts.ValidHeaderFieldValue(value):
			b.fail(key, errors.New("holds a character that no header may hold"))
		default:
			own = append(own, api.Field{Name: name, Value: value})
		}
	}
	return own
}

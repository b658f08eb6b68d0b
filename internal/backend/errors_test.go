package backend

import (
	"slices"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

// provocation is how a code of REST API v2 is reached.
type provocation struct {
	code string
	cfg  Config
	// signIn is the MVPD with which the device signs in before.
	signIn string
	req    api.Request
	// spoil changes the encoded request.
	spoil func(*api.HTTPRequest)
	// item is true for an error inside the first decision.
	item bool
}

func with(name, value string) func(*api.HTTPRequest) {
	return func(in *api.HTTPRequest) {
		in.Header = slices.DeleteFunc(in.Header, func(f api.Field) bool { return f.Name == name })
		if value != "" {
			in.Header = append(in.Header, api.Field{Name: name, Value: value})
		}
	}
}

func watch(mvpd string, resources ...string) api.Request {
	return api.Request{Op: api.OpAuthorize, MVPD: mvpd, Resources: resources}
}

func sso(status string) api.Request {
	return api.Request{Op: api.OpSSOProfiles, Partner: Partner, PartnerStatus: status, SAMLResponse: saml}
}

var provocations = []provocation{
	{code: "invalid_parameter_service_provider", req: api.Request{Op: api.OpConfiguration, ServiceProvider: SPUnknown}},
	{code: "invalid_parameter_service_provider", cfg: Config{ServiceProviders: []string{"A"}}, req: api.Request{Op: api.OpConfiguration, ServiceProvider: "B"}},
	{code: "invalid_parameter_mvpd", req: api.Request{Op: api.OpSessionsCreate, MVPD: "Nobody"}},
	{code: "invalid_parameter_mvpd", req: watch("Nobody", "News")},
	{code: "invalid_parameter_code", req: api.Request{Op: api.OpProfilesCode, Code: "0000000"}},
	{code: "invalid_parameter_resources", req: watch("Cox")},
	{code: "invalid_parameter_resources", req: watch("Cox", "")},
	{code: "invalid_parameter_resources", req: watch("Cox", "News"), spoil: with("Content-Type", "text/plain")},
	{code: "invalid_parameter_redirect_url", req: api.Request{Op: api.OpSessionsCreate, RedirectURL: "nowhere"}},
	{code: "invalid_parameter_redirect_url", req: api.Request{Op: api.OpLogout, MVPD: "Cox", RedirectURL: "nowhere"}},
	{code: "invalid_parameter_partner", req: api.Request{Op: api.OpSSOSessions, Partner: "Pear"}},
	{code: "invalid_parameter_partner", req: api.Request{Op: api.OpSSOProfiles, Partner: "Pear"}},
	{code: "invalid_parameter_saml_response", req: api.Request{Op: api.OpSSOProfiles, Partner: Partner, PartnerStatus: granted("Cox"), SAMLResponse: "%"}},
	{code: "invalid_header_device_info", cfg: Config{StrictDeviceInfo: true}, req: api.Request{Op: api.OpProfilesList}, spoil: with("X-Device-Info", "")},
	{code: "invalid_header_device_info", cfg: Config{StrictDeviceInfo: true}, req: api.Request{Op: api.OpProfilesList}, spoil: with("X-Device-Info", "e30=")},
	{code: "invalid_header_device_identifier", req: api.Request{Op: api.OpProfilesList}, spoil: with("AP-Device-Identifier", "")},
	{code: "invalid_header_device_identifier", req: api.Request{Op: api.OpProfilesList}, spoil: with("AP-Device-Identifier", "fingerprint")},
	{code: "invalid_header_identity_for_temporary_access", req: api.Request{Op: api.OpProfilesMVPD, MVPD: MVPDTempPassPromo}},
	{code: "invalid_header_identity_for_temporary_access", req: watch(MVPDTempPassPromo, "News"), item: true},
	{code: "invalid_header_pfs_permission_access_not_present", req: sso("")},
	{code: "invalid_header_pfs_permission_access_not_present", req: sso("not base64!")},
	{code: "invalid_header_pfs_permission_access_not_present", req: sso(partner("", "Cox", farOff))},
	{code: "invalid_header_pfs_permission_access_not_determined", req: sso(partner(`"accessStatus":"notDetermined"`, "Cox", farOff))},
	{code: "invalid_header_pfs_permission_access_not_granted", req: sso(partner(`"accessStatus":"denied"`, "", ""))},
	{code: "invalid_header_pfs_provider_id_not_determined", req: sso(granted("Nobody"))},
	{code: "invalid_header_pfs_provider_id_mismatch", req: sso(granted(ProviderMismatch))},
	{code: "invalid_header_pfs_provider_info_expired", req: sso(partner(`"accessStatus":"granted"`, "Cox", "1000"))},
	{code: "invalid_header_pfs_provider_info_expired", req: sso(partner(`"accessStatus":"granted"`, "Cox", "tomorrow"))},
	{code: "invalid_integration", req: api.Request{Op: api.OpProfilesMVPD, MVPD: MVPDNotIntegrated}},
	{code: "invalid_integration", req: api.Request{Op: api.OpSessionsCreate, MVPD: MVPDNotIntegrated}},
	{code: "preauthorization_denied_by_mvpd", signIn: "Cox", req: api.Request{Op: api.OpPreauthorize, MVPD: "Cox", Resources: []string{"film-Denied"}}, item: true},
	{code: "authorization_denied_by_mvpd", signIn: "Cox", req: watch("Cox", "denied"), item: true},
	{code: "authorization_denied_by_mvpd", cfg: Config{DenyRatio: 1}, signIn: "Cox", req: watch("Cox", "News"), item: true},
	{code: "authorization_denied_by_parental_controls", signIn: "Cox", req: watch("Cox", "PARENTAL-18"), item: true},
	{code: "authorization_denied_by_degradation_rule", signIn: MVPDAuthZNone, req: watch(MVPDAuthZNone, "News"), item: true},
	{code: "too_many_resources", req: api.Request{Op: api.OpPreauthorize, MVPD: "Cox", Resources: []string{"1", "2", "3", "4", "5", "6"}}},
	{code: "too_many_resources", req: watch("Cox", "1", "2")},
	{code: "too_many_resources", cfg: Config{DenialsInside: true}, req: watch("Cox", "1", "2"), item: true},
	{code: "invalid_configuration_temporary_access", req: api.Request{Op: api.OpProfilesMVPD, MVPD: MVPDTempPassBroken}},
	{code: "invalid_configuration_temporary_access", req: watch(MVPDTempPassBroken, "News"), item: true},
	{code: "invalid_access_token_service_provider", req: api.Request{Op: api.OpConfiguration, ServiceProvider: SPForeign}},
	{code: "invalid_access_token_client_application", req: api.Request{Op: api.OpConfiguration, AccessToken: "nonsense"}},
	{code: "authenticated_profile_missing", req: watch("Cox", "News")},
	{code: "authenticated_profile_missing", cfg: Config{DenialsInside: true}, req: watch("Cox", "News"), item: true},
	{code: "authenticated_profile_invalidated", req: watch(MVPDInvalidated, "News")},
	{code: "temporary_access_duration_limit_exceeded", req: api.Request{Op: api.OpProfilesMVPD, MVPD: MVPDTempPassOver}},
	{code: "temporary_access_duration_limit_exceeded", req: watch(MVPDTempPassOver, "News"), item: true},
	{code: "temporary_access_resources_limit_exceeded", req: api.Request{Op: api.OpProfilesMVPD, MVPD: MVPDTempPassUsedUp}},
	{code: "temporary_access_resources_limit_exceeded", req: watch(MVPDTempPassUsedUp, "News"), item: true},
	{code: "authorization_denied_by_hba_policies", signIn: "Cox", req: watch("Cox", "hba-only"), item: true},
	{code: "network_received_error", signIn: "Cox", req: watch("Cox", "retry"), item: true},
}

func TestEnhancedErrorsAreReachedByTheirOwnCauses(t *testing.T) {
	for _, p := range provocations {
		t.Run(p.code, func(t *testing.T) {
			r := newRig(t, p.cfg).signOn("app")
			if p.signIn != "" {
				r.signIn(p.signIn)
			}
			in := r.encode(p.req)
			if p.spoil != nil {
				p.spoil(&in)
			}
			r.send(in)
			wantEnhanced(r, p.code, p.item)
		})
	}
}

// wantEnhanced checks an enhanced error against its catalogue row.
func wantEnhanced(r *rig, code string, item bool) {
	r.t.Helper()
	row, ok := api.LookupError(code)
	if !ok {
		r.t.Fatalf("no such code: %s", code)
	}
	status, at := row.Statuses[0], ""
	if item {
		status, at = 200, "decisions.0.error."
		r.wantText("decisions.0.authorized", "false")
	}
	if r.status != status {
		r.t.Errorf("HTTP status %d, want %d: %s", r.status, status, r.body)
	}
	r.wantText(at+"code", code, at+"action", row.Action.String())
	if got := r.text(at + "status"); got == "" || !row.HasStatus(int(got[0]-'0')*100+int(got[1]-'0')*10+int(got[2]-'0')) {
		r.t.Errorf("status %q inside, want one of %v", got, row.Statuses)
	}
	if got := r.text(at + "helpUrl"); !strings.HasPrefix(got, "https://") {
		r.t.Errorf("helpUrl %q", got)
	}
	if r.text(at+"message") == "" || len(r.text(at+"trace")) != 36 {
		r.t.Errorf("no message or trace: %s", r.body)
	}
}

func TestEveryCodeOfRESTAPIV2CanBeReached(t *testing.T) {
	n := 0
	for _, row := range api.ErrorCodes() {
		if !row.V2 {
			continue
		}
		n++
		r := newRig(t, Config{}).signOn("app").signIn("Cox")
		if row.Level != api.ItemLevel {
			r.do(api.Request{Op: api.OpProfilesMVPD, MVPD: ErrorPrefix + row.Code})
			wantEnhanced(r, row.Code, false)
		}
		r.do(watch(ErrorPrefix+row.Code, "News"))
		wantEnhanced(r, row.Code, row.Level == api.ItemLevel || strings.Contains(row.Code, "temporary_access"))
		if row.Level != api.TopLevel {
			r.do(watch("Cox", ErrorPrefix+row.Code))
			wantEnhanced(r, row.Code, true)
		}
	}
	if n != 47 {
		t.Errorf("%d codes, want 47", n)
	}
}

func TestABrokenServiceAnswers500(t *testing.T) {
	r := newRig(t, Config{}).signOn("app")
	for _, tt := range []struct {
		target string
		want   int
	}{{"/api/v2/REF30/configuration", 500}, {"/o/client/register", 500}, {"/api/v2/authenticate/REF30/AAAAAAA", 500}, {"/nowhere", 404}} {
		var out api.HTTPResponse
		r.s.Fail(r.now, &api.HTTPRequest{Method: "GET", Target: tt.target}, &out)
		if out.Status != tt.want {
			t.Errorf("%s: %d, want %d", tt.target, out.Status, tt.want)
		}
	}
	var out api.HTTPResponse
	r.s.Fail(r.now, &api.HTTPRequest{Method: "GET", Target: "/api/v2/REF30/configuration"}, &out)
	r.keep(&out)
	wantEnhanced(r, "internal_server_error", false)
}

func TestDCRErrors(t *testing.T) {
	form, json := "application/x-www-form-urlencoded", "application/json"
	id := "ID"
	tests := []struct {
		name, path, media, body, want string
	}{
		{"registration without statement", "register", json, `{}`, "invalid_request"},
		{"registration with an empty statement", "register", json, `{"software_statement":""}`, "invalid_request"},
		{"registration with a statement that is no string", "register", json, `{"software_statement":1}`, "invalid_request"},
		{"registration that is no object", "register", json, `[]`, "invalid_request"},
		{"registration that is no JSON", "register", json, `{"software`, "invalid_request"},
		{"registration with a repeated parameter", "register", json, `{"software_statement":"a","software_statement":"b"}`, "invalid_request"},
		{"registration as a form", "register", form, `software_statement=app`, "invalid_request"},
		{"registration without a media type", "register", "", `{"software_statement":"app"}`, "invalid_request"},
		{"registration that is too long", "register", json, `{"software_statement":"` + strings.Repeat("a", MaxBody) + `"}`, "invalid_request"},
		{"redirect_uri that is no string", "register", json, `{"software_statement":"app","redirect_uri":["https://a.example/"]}`, "invalid_request"},
		{"redirect_uri that is relative", "register", json, `{"software_statement":"app","redirect_uri":"/back"}`, "invalid_redirect_uri"},
		{"redirect_uri with a fragment", "register", json, `{"software_statement":"app","redirect_uri":"https://a.example/#b"}`, "invalid_redirect_uri"},
		{"redirect_uri that the statement lacks", "register", json, `{"software_statement":"redirects","redirect_uri":"https://a.example/"}`, "invalid_redirect_uri"},
		{"bad statement", "register", json, `{"software_statement":"bad"}`, "invalid_software_statement"},
		{"unapproved statement", "register", json, `{"software_statement":"unapproved"}`, "unapproved_software_statement"},
		{"unknown metadata", "register", json + ";charset=utf-8", `{"software_statement":"app","client_name":"x"}`, ""},

		{"token request without anything", "token", form, ``, "invalid_request"},
		{"token request without a secret", "token", form, `grant_type=client_credentials&client_id=` + id, "invalid_request"},
		{"token request with an empty grant", "token", form, `grant_type=&client_id=ID&client_secret=SECRET`, "invalid_request"},
		{"token request with a repeated parameter", "token", form, `grant_type=client_credentials&client_id=ID&client_id=ID&client_secret=SECRET`, "invalid_request"},
		{"token request as JSON", "token", json, `{"grant_type":"client_credentials","client_id":"ID","client_secret":"SECRET"}`, "invalid_request"},
		{"token request with a broken escape", "token", form, `grant_type=client_credentials&client_id=ID&client_secret=SECRET&x=%zz`, "invalid_request"},
		{"token request in the query", "token?grant_type=client_credentials&client_id=ID&client_secret=SECRET", form, ``, "invalid_request"},
		{"token request in both places", "token?client_secret=SECRET", form, `grant_type=client_credentials&client_id=ID&client_secret=SECRET`, "invalid_request"},
		{"refresh", "token", form, `grant_type=refresh_token&refresh_token=x&client_id=ID&client_secret=SECRET`, "unsupported_grant_type"},
		{"unknown client", "token", form, `grant_type=client_credentials&client_id=00000000-0000-4000-8000-000000000000&client_secret=SECRET`, "invalid_client"},
		{"client id that is none", "token", form, `grant_type=client_credentials&client_id=x&client_secret=SECRET`, "invalid_client"},
		{"wrong secret", "token", form, `grant_type=client_credentials&client_id=ID&client_secret=x`, "invalid_client"},
		{"unknown parameter", "token", form, `grant_type=client_credentials&client_id=ID&client_secret=SECRET&scope=&x=y`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, Config{}).signOn("app")
			fill := strings.NewReplacer("ID", r.clientID, "SECRET", r.secret)
			in := api.HTTPRequest{Method: "POST", Target: "/o/client/" + fill.Replace(tt.path), Body: []byte(fill.Replace(tt.body))}
			if tt.media != "" {
				in.Header = api.Header{{Name: "Content-Type", Value: tt.media}}
			}
			r.send(in)
			if tt.want == "" {
				if r.status != 201 {
					t.Errorf("%d %s, want 201", r.status, r.body)
				}
				return
			}
			r.wantError(400, tt.want)
			if strings.Contains(r.body, r.secret) || r.text("client_secret") != "" || r.text("access_token") != "" {
				t.Error("an error carries credentials")
			}
		})
	}
}

func TestOneWayOfClientAuthentication(t *testing.T) {
	r := newRig(t, Config{QueryCredentials: true}).signOn("app")
	credentials := "grant_type=client_credentials&client_id=" + r.clientID + "&client_secret=" + r.secret
	form := api.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}
	r.send(api.HTTPRequest{Method: "POST", Target: "/o/client/token", Body: []byte(credentials), Header: api.Header{form, {Name: "Authorization", Value: "basic eDp5"}}})
	r.wantError(400, "invalid_request")
	r.send(api.HTTPRequest{Method: "POST", Target: "/o/client/token?" + credentials})
	if r.status != 201 {
		t.Errorf("in the query, when configured: %d %s (A-08)", r.status, r.body)
	}
	r.send(api.HTTPRequest{Method: "GET", Target: "/o/client/token?" + credentials})
	if r.status != 405 || r.header.Get("Allow") != "POST" {
		t.Errorf("GET: %d %v", r.status, r.header)
	}
}

func TestAnApplicationWithoutTheGrant(t *testing.T) {
	r := newRig(t, Config{})
	res := r.do(api.Request{Op: api.OpRegister, SoftwareStatement: SoftwareNoGrant})
	r.do(api.Request{Op: api.OpToken, ClientID: res.ClientID, ClientSecret: res.ClientSecret})
	r.wantError(400, "unauthorized_client")
}

func TestRevokedSoftware(t *testing.T) {
	r := newRig(t, Config{}).signOn("app")
	other := *r
	other.signOn("other")
	r.s.Revoke("app")
	r.do(api.Request{Op: api.OpConfiguration})
	r.wantError(401, "invalid_access_token_client_application")
	r.do(api.Request{Op: api.OpToken, ClientID: r.clientID, ClientSecret: r.secret})
	r.wantError(400, "invalid_client")
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app"})
	r.wantError(400, "unapproved_software_statement")
	other.do(api.Request{Op: api.OpConfiguration})
	other.want(api.OutcomeOK)
	r.s.Revoke("never seen")
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "never seen"})
	r.wantError(400, "unapproved_software_statement")
}

func TestUnauthorized(t *testing.T) {
	r := newRig(t, Config{}).signOn("app")
	target := "/api/v2/REF30/configuration"
	bearer := func(values ...string) (h api.Header) {
		for _, v := range values {
			h = append(h, api.Field{Name: "Authorization", Value: v})
		}
		return h
	}
	tampered := "A" + r.token[1:]
	if tampered == r.token {
		tampered = "B" + r.token[1:]
	}
	tests := []struct {
		name, target string
		header       api.Header
		challenge    string
	}{
		{"no token", target, nil, challenge},
		{"empty", target, bearer(""), challengeInvalid},
		{"no scheme", target, bearer(r.token), challengeInvalid},
		{"other scheme", target, bearer("Basic " + r.token), challengeInvalid},
		{"tampered head", target, bearer("Bearer " + tampered), challengeInvalid},
		{"tampered tail", target, bearer("Bearer " + r.token[:len(r.token)-4] + "AAAA"), challengeInvalid},
		{"cut", target, bearer("Bearer " + r.token[:len(r.token)-1]), challengeInvalid},
		{"twice", target, bearer("Bearer "+r.token, "Bearer "+r.token), challengeInvalid},
		{"the secret", target, bearer("Bearer " + r.secret), challengeInvalid},
		{"in the query", target + "?access_token=" + r.token, nil, challengeInvalid},
		{"in the query as well", target + "?access_token=" + r.token, bearer("Bearer " + r.token), challengeInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r.t = t
			r.send(api.HTTPRequest{Method: "GET", Target: tt.target, Header: tt.header})
			wantEnhanced(r, "invalid_access_token_client_application", false)
			if got := r.header.Get("WWW-Authenticate"); got != tt.challenge {
				t.Errorf("challenge %q, want %q", got, tt.challenge)
			}
		})
	}
	r = newRig(t, Config{}).signOn("v1")
	r.do(api.Request{Op: api.OpConfiguration})
	r.wantError(401, "invalid_access_token_client_application")

	r = newRig(t, Config{Unauthorized: UnauthorizedEmpty})
	r.send(api.HTTPRequest{Method: "GET", Target: target})
	if r.status != 401 || r.body != "" {
		t.Errorf("empty form: %d %q", r.status, r.body)
	}
	r = newRig(t, Config{Unauthorized: UnauthorizedOAuth})
	r.faulty = true // a strict reader does not take this form
	r.send(api.HTTPRequest{Method: "GET", Target: target})
	r.wantError(401, "access_denied")
}

func TestRoutes(t *testing.T) {
	r := newRig(t, Config{})
	tests := []struct {
		method, target string
		status         int
		allow          string
	}{
		{"GET", "/o/client/register", 405, "POST"},
		{"PUT", "/o/client/token", 405, "POST"},
		{"HEAD", "/o/client/token", 405, "POST"},
		{"POST", "/api/v2/REF30/configuration", 405, "GET"},
		{"GET", "/api/v2/REF30/sessions", 405, "POST"},
		{"DELETE", "/api/v2/REF30/sessions/ABCDEFG", 405, "GET, POST"},
		{"POST", "/api/v2/authenticate/REF30/ABCDEFG", 405, "GET"},
		{"OPTIONS", "/api/v2/REF30/profiles", 405, "GET"},
		{"GET", "/", 404, ""},
		{"GET", "", 404, ""},
		{"POST", "/o/client/scopes", 404, ""},
		{"POST", "/o/client/validate", 404, ""},
		{"GET", "/api/v2/sessions/REF30/ABCDEFG", 404, ""},
		{"POST", "/api/v2/REF30/decision/authorize/Cox", 404, ""},
		{"GET", "/api/v2/REF30/logout", 404, ""},
		{"GET", "/api/v1/config/REF30", 404, ""},
	}
	for _, tt := range tests {
		r.send(api.HTTPRequest{Method: tt.method, Target: tt.target})
		if got := r.header.Get("Allow"); r.status != tt.status || got != tt.allow {
			t.Errorf("%s %s: %d, Allow %q, want %d, %q", tt.method, tt.target, r.status, got, tt.status, tt.allow)
		}
	}
}

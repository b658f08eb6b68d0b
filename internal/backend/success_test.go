package backend

import (
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

func base64Std(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

const saml = "PHNhbWw+"

// every returns one good request per operation for a device that is signed in
// with Cablevision and holds a live code.
func every(r *rig, code string) map[api.Op]api.Request {
	return map[api.Op]api.Request{
		api.OpRegister:         {SoftwareStatement: "app"},
		api.OpToken:            {ClientID: r.clientID, ClientSecret: r.secret},
		api.OpConfiguration:    {},
		api.OpSessionsCreate:   {MVPD: "Spectrum", DomainName: "tv.example.com", RedirectURL: "https://tv.example.com/in"},
		api.OpSessionsResume:   {Code: code, MVPD: "Spectrum", DomainName: "tv.example.com", RedirectURL: "https://tv.example.com/in"},
		api.OpSessionsRetrieve: {Code: code},
		api.OpAuthenticate:     {Code: code},
		api.OpProfilesList:     {},
		api.OpProfilesMVPD:     {MVPD: "Cablevision"},
		api.OpProfilesCode:     {Code: code},
		api.OpAuthorize:        {MVPD: "Cablevision", Resources: []string{"News"}},
		api.OpPreauthorize:     {MVPD: "Cablevision", Resources: []string{"News", "Sports"}},
		api.OpLogout:           {MVPD: "Cablevision", RedirectURL: "https://tv.example.com/out"},
		api.OpSSOSessions:      {Partner: Partner, PartnerStatus: granted("DTV"), DomainName: "tv.example.com", RedirectURL: "https://tv.example.com/in"},
		api.OpSSOProfiles:      {Partner: Partner, PartnerStatus: granted("DTV"), SAMLResponse: saml},
	}
}

func TestEveryOperationSucceedsAsDocumented(t *testing.T) {
	for op := api.OpRegister; op < api.NumOps; op++ {
		t.Run(op.String(), func(t *testing.T) {
			r := newRig(t, Config{}).signOn("app").signIn("Cablevision")
			code := r.session("Spectrum")
			req := every(r, code)[op]
			req.Op = op
			r.do(req)
			r.want(api.OutcomeOK)
			if want := op.Describe().Statuses[0]; r.status != want {
				t.Errorf("status %d, want %d", r.status, want)
			}
			if op == api.OpAuthenticate {
				return
			}
			if got := r.header.Get("Content-Type"); got != "application/json;charset=UTF-8" {
				t.Errorf("media type %q", got)
			}
			checkMembers(r, op)
		})
	}
}

// checkMembers checks the required members, types and closed sets of an answer
// without wildcards; the contract evaluators look at the rest.
func checkMembers(r *rig, op api.Op) {
	r.t.Helper()
	for _, m := range op.Members() {
		if strings.ContainsAny(m.Path, "*[") {
			continue
		}
		got := r.text(m.Path)
		if m.Required && got == "" && strings.Count(m.Path, ".") == 0 {
			r.t.Errorf("%s is missing: %s", m.Path, r.body)
		}
		if got == "" || m.Enum == nil {
			continue
		}
		found := false
		for _, value := range m.Enum {
			found = found || strings.EqualFold(value, got)
		}
		if !found {
			r.t.Errorf("%s = %q is not one of %q", m.Path, got, m.Enum)
		}
	}
}

func TestRegistrationAnswer(t *testing.T) {
	r := newRig(t, Config{})
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app", RedirectURI: "https://tv.example.com/back"})
	r.wantText("client_id_issued_at", strconv.FormatInt(epoch.Unix(), 10), "redirect_uris", "[https://tv.example.com/back]",
		"grant_types", "[client_credentials]", "scopes", "[api:client:v2]")
	if got := r.header.Get("Cache-Control") + "; " + r.header.Get("Pragma"); got != "no-store; no-cache" {
		t.Errorf("caching: %s", got)
	}
	first := r.text("client_id")
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app"})
	r.wantText("redirect_uris", "[]")
	if second := r.text("client_id"); second == first || len(second) != 36 {
		t.Errorf("client ids %q and %q, want two UUIDs", first, second)
	}
	if r.v.verified != 1 {
		t.Errorf("one statement was verified %d times", r.v.verified)
	}
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "no scopes"})
	r.wantText("scopes", "[api:client:v2]")
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "v1"})
	r.wantText("scopes", "[profile:client]")
}

func TestAStatementWithAnEndIsVerifiedEachTime(t *testing.T) {
	r := newRig(t, Config{})
	for range 3 {
		r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "ending"})
	}
	if r.v.verified != 3 {
		t.Errorf("verified %d times, want 3", r.v.verified)
	}
}

func TestTokenAnswer(t *testing.T) {
	r := newRig(t, Config{}).signOn("app")
	r.wantText("token_type", "bearer", "expires_in", "21600", "created_at", strconv.FormatInt(epoch.UnixMilli(), 10))
	if n := len(r.token); n < 200 {
		t.Errorf("a token of %d characters", n)
	}
	if got := r.header.Get("Cache-Control") + "; " + r.header.Get("Pragma"); got != "no-store; no-cache" {
		t.Errorf("caching: %s", got)
	}
	r = newRig(t, Config{TokenTTL: 30 * time.Second, IssuedAtMillis: true, MediaType: "application/json"}).signOn("app")
	r.wantText("expires_in", "30")
	if got := r.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("media type %q", got)
	}
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app"})
	r.wantText("client_id_issued_at", strconv.FormatInt(epoch.UnixMilli(), 10))
}

func TestTokensLiveToTheirOwnEnd(t *testing.T) {
	r := newRig(t, Config{TokenTTL: 100 * time.Second}).signOn("app")
	first := r.token
	r.now = r.now.Add(60 * time.Second)
	second := r.renew().token
	for _, tt := range []struct {
		at            time.Duration
		first, second int
	}{
		{60, 200, 200}, {99, 200, 200}, {100, 401, 200}, {159, 401, 200}, {160, 401, 401}, {100_000, 401, 401},
	} {
		r.now = epoch.Add(tt.at * time.Second)
		for token, want := range map[string]int{first: tt.first, second: tt.second} {
			if got := r.do(api.Request{Op: api.OpConfiguration, AccessToken: token}).Status; got != want {
				t.Errorf("at %d s: status %d, want %d", tt.at, got, want)
			}
		}
	}
}

func TestConfigurationListsTheOrdinaryMVPDs(t *testing.T) {
	r := newRig(t, Config{MVPDs: []MVPD{{"A", "Alpha"}, {"B", ""}}}).signOn("app")
	r.do(api.Request{Op: api.OpConfiguration})
	r.wantText("requestor.id", "REF30", "requestor.mvpds.0.displayName", "Alpha", "requestor.mvpds.1.displayName", "B",
		"requestor.mvpds.2.id", "")
	r.send(api.HTTPRequest{Method: "GET", Target: "/api/v2/REF30/configuration/", Header: api.Header{
		{Name: "authorization", Value: "bearer " + r.token}, {Name: "x-device-info", Value: r.id.DeviceInfo}}})
	r.wantText("device", "SetTopBox", "os", "Roku OS")
}

package backend

import (
	"strconv"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

var whole = api.Request{Op: api.OpSessionsCreate, MVPD: "Cablevision", DomainName: "tv.example.com", RedirectURL: "https://tv.example.com/in"}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func TestAnAuthenticationFromCodeToProfile(t *testing.T) {
	r := newRig(t, Config{}).signOn("app")
	code := r.do(whole).Code
	r.wantText("actionName", "authenticate", "actionType", "interactive", "reasonType", "none",
		"url", "/api/v2/authenticate/REF30/"+code, "mvpd", "Cablevision", "serviceProvider", "REF30",
		"notBefore", millis(epoch), "notAfter", millis(epoch.Add(30*time.Minute)))

	poll := api.Request{Op: api.OpProfilesCode, Code: code}
	r.now = epoch.Add(10 * time.Second)
	r.do(poll)
	if r.body != `{"profiles":{}}` {
		t.Errorf("before the login: %s", r.body)
	}
	r.do(api.Request{Op: api.OpAuthenticate, Code: code})
	if got := r.header.Get("Location"); r.status != 302 || got != "https://login.mvpd.example/saml?mvpd=Cablevision" {
		t.Errorf("authenticate: %d to %q", r.status, got)
	}
	r.now = epoch.Add(13999 * time.Millisecond)
	if got := r.do(poll).Profiles; got != 0 {
		t.Errorf("during the login: %d profiles", got)
	}
	r.now = epoch.Add(20 * time.Second)
	r.do(poll)
	r.wantText("profiles.Cablevision.type", "regular", "profiles.Cablevision.issuer", "Cablevision",
		"profiles.Cablevision.notBefore", millis(epoch.Add(14*time.Second)),
		"profiles.Cablevision.notAfter", millis(epoch.Add(14*time.Second+24*time.Hour)),
		"profiles.Cablevision.attributes.userID.state", "plain")

	r.do(whole)
	r.wantText("actionName", "authorize", "actionType", "direct", "reasonType", "authenticated", "code", "", "notAfter", "",
		"url", "/api/v2/REF30/decisions/authorize/Cablevision")
	r.now = epoch.Add(29 * time.Minute)
	if got := r.do(poll).Profiles; got != 1 {
		t.Errorf("the code after its use: %d profiles, want 1 (A-25)", got)
	}
	r.now = epoch.Add(30 * time.Minute)
	r.do(poll)
	r.wantError(400, "invalid_authentication_session")
	r.now = epoch.Add(30 * time.Hour)
	r.renew().do(poll)
	r.wantError(400, "invalid_parameter_code")
}

func TestAProfileNeedsNoPoll(t *testing.T) {
	r := newRig(t, Config{LoginDelay: -1}).signOn("app")
	r.do(api.Request{Op: api.OpAuthenticate, Code: r.session("DTV")})
	if got := r.do(api.Request{Op: api.OpProfilesList}).Profiles; got != 1 {
		t.Errorf("%d profiles, want 1", got)
	}
}

func TestSecondScreenCompletesTheSessionOfAnother(t *testing.T) {
	tv := newRig(t, Config{LoginDelay: -1}).signOn("app")
	code := tv.do(api.Request{Op: api.OpSessionsCreate}).Code
	tv.wantText("actionName", "resume", "actionType", "direct", "reasonType", "none",
		"missingParameters", "[mvpd domainName redirectUrl]", "url", "/api/v2/REF30/sessions/"+code)

	phone := *tv
	phone.id.DeviceIdentifier, phone.id.ForwardedFor = device2, "192.0.2.2"
	phone.signOn("other app")
	phone.do(api.Request{Op: api.OpSessionsResume, Code: code, MVPD: "Cox"})
	phone.wantText("actionName", "retry", "missingParameters", "[domainName redirectUrl]", "code", code)
	phone.do(api.Request{Op: api.OpSessionsRetrieve, Code: code})
	phone.wantText("existingParameters.mvpd", "Cox", "existingParameters.serviceProvider", "REF30",
		"missingParameters", "[domainName redirectUrl]", "device.type", "SetTopBox", "device.model", "Roku")
	phone.do(api.Request{Op: api.OpAuthenticate, Code: code})
	if phone.status != 400 || !api.IsHTML(phone.header.Get("Content-Type")) {
		t.Errorf("authenticate without parameters: %d", phone.status)
	}
	phone.do(api.Request{Op: api.OpSessionsResume, Code: code, DomainName: "tv.example.com", RedirectURL: "https://tv.example.com/in"})
	phone.wantText("actionName", "authenticate", "mvpd", "Cox", "code", code)
	phone.do(api.Request{Op: api.OpAuthenticate, Code: code})
	phone.want(api.OutcomeOK)

	if got := phone.do(api.Request{Op: api.OpProfilesCode, Code: code}).Profiles; got != 1 {
		t.Errorf("by code, under another client: %d profiles, want 1 (A-59)", got)
	}
	if got := phone.do(api.Request{Op: api.OpProfilesList}).Profiles; got != 0 {
		t.Errorf("the phone's own: %d profiles, want 0", got)
	}
	if got := tv.do(api.Request{Op: api.OpProfilesMVPD, MVPD: "Cox"}).Profiles; got != 1 {
		t.Errorf("the set's own: %d profiles, want 1", got)
	}
	phone.do(api.Request{Op: api.OpSessionsResume, Code: code})
	phone.wantText("actionName", "authorize", "reasonType", "authenticated", "code", "")
}

func TestANewCodeEndsTheOldOne(t *testing.T) {
	r := newRig(t, Config{}).signOn("app")
	old, other := r.session("Cox"), ""
	r.id.DeviceIdentifier = device2
	other = r.session("Cox")
	r.id.DeviceIdentifier = device1
	fresh := r.session("DTV")
	for code, want := range map[string]string{old: "invalid_authentication_session", fresh: "", other: "", "ZZZZZZZ": "invalid_parameter_code", "short": "invalid_parameter_code", "lowercs": "invalid_parameter_code"} {
		r.do(api.Request{Op: api.OpSessionsRetrieve, Code: code})
		if got := r.text("code"); got != want {
			t.Errorf("code error %q, want %q (A-60)", got, want)
		}
	}
	r.do(api.Request{Op: api.OpSessionsRetrieve, Code: fresh, ServiceProvider: "OTHER"})
	r.wantError(400, "invalid_parameter_code")
}

func TestALoginThatIsNeverFinished(t *testing.T) {
	r := newRig(t, Config{}).signOn("app")
	code := r.session(MVPDNeverLogsIn)
	r.do(api.Request{Op: api.OpAuthenticate, Code: code})
	r.now = r.now.Add(29 * time.Minute)
	if got := r.do(api.Request{Op: api.OpProfilesCode, Code: code}).Profiles; got != 0 {
		t.Errorf("%d profiles, want 0", got)
	}
}

func TestProfilesBelongToClientDeviceProviderAndMVPD(t *testing.T) {
	r := newRig(t, Config{}).signOn("app").signIn("Cox")
	find := func(r *rig, provider, mvpd string) int {
		return r.do(api.Request{Op: api.OpProfilesMVPD, ServiceProvider: provider, MVPD: mvpd}).Profiles
	}
	if got := find(r, "REF30", "Cox"); got != 1 {
		t.Fatalf("own: %d", got)
	}
	if got := find(r, "OTHER", "Cox") + find(r, "REF30", "DTV"); got != 0 {
		t.Errorf("other provider or MVPD: %d, want 0", got)
	}
	again := *r
	again.signOn("app")
	if got := find(&again, "REF30", "Cox"); got != 0 {
		t.Errorf("after registering again: %d, want 0 (A-10)", got)
	}
	r.id.DeviceIdentifier = device2
	if got := find(r, "REF30", "Cox"); got != 0 {
		t.Errorf("other device: %d, want 0", got)
	}
}

func TestAProfileEnds(t *testing.T) {
	r := newRig(t, Config{ProfileTTL: time.Hour}).signOn("app").signIn("Cox")
	authorize := api.Request{Op: api.OpAuthorize, MVPD: "Cox", Resources: []string{"News"}}
	if got := r.do(authorize).Permitted; got != 1 {
		t.Fatalf("permitted %d", got)
	}
	r.now = r.now.Add(time.Hour)
	if got := r.do(api.Request{Op: api.OpProfilesList}).Profiles; got != 0 {
		t.Errorf("%d profiles after the end (A-45)", got)
	}
	r.do(authorize)
	r.wantError(403, "authenticated_profile_expired")
}

func TestLogout(t *testing.T) {
	tests := []struct {
		name, mvpd           string
		signIn               bool
		action, kind, hasURL string
	}{
		{"of a regular profile", "Cox", true, "logout", "interactive", "/adobe-services/logout/Cox"},
		{"without a profile", "Cox", false, "invalid", "none", ""},
		{"where the MVPD has no logout", MVPDNoLogout, true, "complete", "none", ""},
		{"of temporary access", MVPDTempPass, false, "complete", "none", ""},
		{"under degradation", MVPDAuthNAll, false, "complete", "none", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, Config{}).signOn("app")
			if tt.signIn {
				r.signIn(tt.mvpd)
			}
			r.do(api.Request{Op: api.OpLogout, MVPD: tt.mvpd, RedirectURL: "https://tv.example.com/out"})
			at := "logouts." + tt.mvpd + "."
			r.wantText(at+"actionName", tt.action, at+"actionType", tt.kind, at+"url", tt.hasURL, at+"mvpd", tt.mvpd)
			if tt.signIn {
				if got := r.do(api.Request{Op: api.OpProfilesMVPD, MVPD: tt.mvpd}).Profiles; got != 0 {
					t.Errorf("%d profiles after the logout", got)
				}
			}
		})
	}
}

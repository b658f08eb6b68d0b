package backend

import (
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

func partnerRequest(status string) api.Request {
	return api.Request{Op: api.OpSSOSessions, Partner: Partner, PartnerStatus: status, DomainName: "tv.example.com", RedirectURL: "https://tv.example.com/in"}
}

func TestPartnerSessions(t *testing.T) {
	tests := []struct {
		name, status                 string
		bare                         bool
		action, kind, reason, hasMVP string
		coded                        bool
	}{
		{"permission granted", granted("Cox"), false, "partner_profile", "direct", "none", "Cox", false},
		{"no status", "", false, "authenticate", "interactive", "pfs_fallback", "", true},
		{"permission denied", partner(`"accessStatus":"denied"`, "", ""), false, "authenticate", "interactive", "pfs_fallback", "", true},
		{"provider information expired", partner(`"accessStatus":"granted"`, "Cox", "1"), false, "authenticate", "interactive", "pfs_fallback", "Cox", true},
		{"MVPD without partner", granted(MVPDNoPartner), false, "authenticate", "interactive", "configuration_fallback", MVPDNoPartner, true},
		{"parameters missing", granted("Cox"), true, "resume", "direct", "missing_parameters_fallback", "Cox", true},
		{"degraded", granted(MVPDAuthNAll), false, "authorize", "direct", "degraded", MVPDAuthNAll, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, Config{}).signOn("app")
			req := partnerRequest(tt.status)
			if tt.bare {
				req.DomainName, req.RedirectURL = "", ""
			}
			code := r.do(req).Code
			r.want(api.OutcomeOK)
			r.wantText("actionName", tt.action, "actionType", tt.kind, "reasonType", tt.reason, "mvpd", tt.hasMVP)
			if (code != "") != tt.coded || (r.text("authenticationRequest.request") != "") != (tt.action == "partner_profile") {
				t.Errorf("code or request: %s", r.body)
			}
			if tt.action == "authenticate" {
				r.do(api.Request{Op: api.OpAuthenticate, Code: code})
				r.want(api.OutcomeOK)
				r.now = r.now.Add(r.s.cfg.LoginDelay)
				if got := r.do(api.Request{Op: api.OpProfilesCode, Code: code}).Profiles; got != 1 {
					t.Errorf("%d profiles after the login, want 1", got)
				}
			}
		})
	}
}

func TestAPartnerProfile(t *testing.T) {
	r := newRig(t, Config{}).signOn("app")
	r.do(sso(granted("Cox")))
	if r.status != 201 {
		t.Errorf("status %d, want 201 (A-29)", r.status)
	}
	r.wantText("profiles.Cox.type", "appleSSO", "profiles.Cox.issuer", "Apple")

	for status, want := range map[string]int{"": 0, granted("Cox"): 1} {
		if got := r.do(api.Request{Op: api.OpProfilesList, PartnerStatus: status}).Profiles; got != want {
			t.Errorf("list with status %t: %d profiles, want %d", status != "", got, want)
		}
		if got := r.do(api.Request{Op: api.OpProfilesMVPD, MVPD: "Cox", PartnerStatus: status}).Profiles; got != want {
			t.Errorf("by MVPD with status %t: %d profiles, want %d", status != "", got, want)
		}
	}
	r.do(api.Request{Op: api.OpProfilesMVPD, MVPD: "Cox", PartnerStatus: granted("DTV")})
	r.wantError(400, "invalid_header_pfs_provider_id_mismatch")

	authorize := watch("Cox", "News")
	r.do(authorize)
	r.wantError(400, "invalid_header_pfs_permission_access_not_present")
	authorize.PartnerStatus = granted("Cox")
	if got := r.do(authorize).Permitted; got != 1 {
		t.Errorf("with the status: %s", r.body)
	}
	r.do(partnerRequest(granted("Cox")))
	r.wantText("actionName", "authorize", "reasonType", "authenticatedSSO")
	r.do(api.Request{Op: api.OpLogout, MVPD: "Cox", RedirectURL: "https://tv.example.com/out"})
	r.wantText("logouts.Cox.actionName", "partner_logout", "logouts.Cox.actionType", "partner_interactive", "logouts.Cox.url", "")

	r.do(sso(granted(MVPDAuthNAll)))
	r.wantText("profiles."+MVPDAuthNAll+".type", "degraded", "profiles."+MVPDAuthNAll+".issuer", "Adobe")
}

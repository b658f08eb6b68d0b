package throttle

import (
	"strings"
	"testing"
)

func TestPathsHasEveryPublishedEntry(t *testing.T) {
	count := map[Match]int{}
	seen := map[string]bool{}
	for _, p := range Paths() {
		count[p.Match]++
		if seen[p.Pattern] {
			t.Errorf("%s is listed twice", p.Pattern)
		}
		seen[p.Pattern] = true
		if (p.Match == MatchRegexp) != strings.Contains(p.Pattern, ".+") {
			t.Errorf("%s: only entries with .+ are regular expressions (A-30)", p.Pattern)
		}
	}
	if count[MatchExact] != 5 || count[MatchPrefix] != 14 || count[MatchRegexp] != 3 {
		t.Errorf("got %v, want 5 exact, 14 prefixes and 3 regular expressions", count)
	}
	Paths()[0].Pattern = "changed"
	if Paths()[0].Pattern == "changed" {
		t.Error("changing the returned patterns changed the list")
	}
}

func TestThrottled(t *testing.T) {
	tests := []struct {
		name, path string
		want       bool
	}{
		{"registration", "/o/client/register", true},
		{"token", "/o/client/token", true},
		{"scopes", "/o/client/scopes", true},
		{"validate", "/o/client/validate", true},
		{"a DCR path with a trailing slash", "/o/client/token/", false},
		{"an unlisted DCR path", "/o/client/other", false},
		{"the DCR folder itself", "/o/client/", false},
		{"REST API v2", "/api/v2/REF30/sessions/AB12CD", true},
		{"REST API v2 without the slash", "/api/v2", false},
		{"v1 user metadata", "/api/v1/tokens/usermetadata", true},
		{"v1 authn token below", "/api/v1/tokens/authn/x", true},
		{"v1 configuration", "/api/v1/config/REF30", true},
		{"v1 authenticate without the slash", "/api/v1/authenticate", false},
		{"v1 authenticate with the slash", "/api/v1/authenticate/", true},
		{"v1 free preview", "/api/v1/authenticate/freepreview", true},
		{"v1 profile request", "/api/v1/REF30/profile-requests/mvpd", true},
		{"v1 profile request without a provider", "/api/v1/profile-requests/mvpd", false},
		{"v1 profile request without an end", "/api/v1/REF30/profile-requests/", false},
		{"v1 identities", "/api/v1/identities", true},
		{"legacy configuration", "/adobe-services/config/REF30", true},
		{"legacy authenticate", "/adobe-services/authenticate/saml", false},
		{"registration code", "/reggie/v1/REF30/regcode", true},
		{"registration code record", "/reggie/v1/REF30/regcode/AB12CD", true},
		{"registration code without a requestor", "/reggie/v1/regcode/AB12CD", false},
		{"SSO service", "/api/REF30/serviceToken", false},
		{"reset temp pass", "/reset-tempass/v3/reset", false},
		{"the simulator's own", "/_sim/ledger", false},
		{"the root", "/", false},
		{"nothing", "", false},
		{"capitals", "/API/V2/x", false},
		{"the pattern further in", "/x/api/v2/y", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Throttled(tt.path); got != tt.want {
				t.Errorf("Throttled(%q) = %v, want %v", tt.path, got, tt.want)
			}
		})
	}
}

func FuzzThrottledShortcutsAgreeWithTheList(f *testing.F) {
	for _, p := range Paths() {
		f.Add(p.Pattern)
		f.Add(p.Pattern + "x")
	}
	f.Add("/o/client/token\n")
	f.Fuzz(func(t *testing.T, path string) {
		if got, want := Throttled(path), listed(path); got != want {
			t.Errorf("Throttled(%q) = %v, the list says %v", path, got, want)
		}
	})
}

func BenchmarkThrottled(b *testing.B) {
	for _, path := range []string{"/o/client/token", "/api/v2/REF30/profiles", "/_sim/ledger"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Throttled(path)
			}
		})
	}
}

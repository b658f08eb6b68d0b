package backend

import (
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/throttle"
)

func TestValidateReportsEveryProblemAndChangesNothing(t *testing.T) {
	if errs := (&Config{}).Validate(); errs != nil {
		t.Errorf("zero value: %v", errs)
	}
	tests := []struct {
		name string
		cfg  Config
		want []string
	}{
		{"negative life", Config{TokenTTL: -time.Second, SessionTTL: -1}, []string{"token life must be", "session life must be", "at least 1s"}},
		{"life below a second", Config{TokenTTL: time.Millisecond}, []string{"at least 1s"}},
		{"life of centuries", Config{ProfileTTL: 200 * 365 * 24 * time.Hour}, []string{"profile life"}},
		{"login of centuries", Config{LoginDelay: 200 * 365 * 24 * time.Hour}, []string{"login delay"}},
		{"limits", Config{Throttle: throttle.Limits{Rate: -1, Burst: -1}}, []string{"rate must be", "burst must be"}},
		{"limits that are off", Config{ThrottleOff: true, Throttle: throttle.Limits{Rate: -1}}, nil},
		{"forms", Config{ThrottleKey: 9, Unauthorized: 9}, []string{"throttle key 9", "form 9"}},
		{"numbers", Config{DenyRatio: 2, MaxAuthorize: -1}, []string{"deny ratio", "resource maxima"}},
		{"service providers", Config{ServiceProviders: []string{"", SPUnknown}}, []string{`provider ""`, `provider "SIM-UNKNOWN"`}},
		{"MVPDs", Config{MVPDs: []MVPD{{"A", ""}, {"A", ""}, {MVPDDummy, ""}, {ErrorPrefix + "x", ""}}}, []string{"twice", "reserved", "reserved"}},
		{"too many MVPDs", Config{MVPDs: make([]MVPD, 1001)}, nil},
		{"login URL", Config{LoginURL: "/login"}, []string{`login URL "/login"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			errs := tt.cfg.Validate()
			if tt.name == "too many MVPDs" {
				if len(errs) < 2 {
					t.Errorf("%v", errs)
				}
				return
			}
			if len(errs) != len(tt.want) {
				t.Fatalf("%q, want %d problems", errs, len(tt.want))
			}
			for i, want := range tt.want {
				if !strings.Contains(errs[i].Error(), want) {
					t.Errorf("%q lacks %q", errs[i], want)
				}
			}
		})
	}
	if _, err := New(Config{DenyRatio: -1}, [32]byte{}, &stubVerifier{}); err == nil {
		t.Error("New takes what Validate refuses")
	}
	if _, err := New(Config{}, [32]byte{}, nil); err == nil {
		t.Error("New takes no verifier")
	}
}

func TestTheSeedDecidesEverything(t *testing.T) {
	answers := func(seed byte) string {
		s, err := New(Config{}, [32]byte{seed}, &stubVerifier{})
		if err != nil {
			t.Fatal(err)
		}
		r := newRig(t, Config{})
		r.s = s
		r.signOn("app").signIn("Cox").do(watch("Cox", "News"))
		return r.clientID + r.secret + r.token + r.body
	}
	first, again, other := answers(1), answers(1), answers(2)
	if first != again || first == other {
		t.Error("the same seed gives other answers, or another the same")
	}
}

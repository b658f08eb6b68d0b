package backend

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestLedgerHasTheDocumentedForm(t *testing.T) {
	r := newThrottledRig(t, Config{})
	if got, want := asJSON(t, r.s.Ledger()), `{"endpoints":[],"devices":0}`; got != want {
		t.Errorf("empty: %s", got)
	}
	r.signOn("app").renew()
	r.do(api.Request{Op: api.OpConfiguration})
	r.do(api.Request{Op: api.OpConfiguration, AccessToken: "x"})
	r.send(api.HTTPRequest{Method: "GET", Target: "/favicon.ico"})
	for range 10 {
		r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app"})
	}
	want := `{"endpoints":[{"endpoint":"register","status":{"201":7,"429":4}},{"endpoint":"token","status":{"201":2}},` +
		`{"endpoint":"configuration","status":{"200":1,"401":1}},{"endpoint":"other","status":{"404":1}}],"devices":3}`
	if got := asJSON(t, r.s.Ledger()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r.s.ResetLedger()
	if got, want := asJSON(t, r.s.Ledger()), `{"endpoints":[],"devices":0}`; got != want {
		t.Errorf("after the reset: %s", got)
	}
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app"})
	if got, want := asJSON(t, r.s.Ledger()), `{"endpoints":[{"endpoint":"register","status":{"429":1}}],"devices":1}`; got != want {
		t.Errorf("afterwards: %s", got)
	}
}

// The chain: whatever follows from a registration belongs to the device that
// registered, wherever it comes from and also when it is refused.
func TestLedgerFollowsTokensAndCodes(t *testing.T) {
	r := newRig(t, Config{}).signOn("app").signIn("Cox")
	code := r.session("DTV")
	r.id.ForwardedFor, r.id.DeviceInfo = "203.0.113.77", ""
	r.do(api.Request{Op: api.OpConfiguration})
	r.do(api.Request{Op: api.OpConfiguration, ServiceProvider: SPUnknown})
	r.do(api.Request{Op: api.OpAuthenticate, Code: code})
	r.do(api.Request{Op: api.OpToken, ClientID: r.clientID, ClientSecret: r.secret})
	list := r.s.LedgerByDevice()
	if len(list) != 1 || !strings.HasPrefix(list[0].Device, "192.0.2.1#") || len(list[0].Device) != len("192.0.2.1#")+8 {
		t.Fatalf("devices: %s", asJSON(t, list))
	}
	if got, want := asJSON(t, list[0].Endpoints), asJSON(t, r.s.Ledger().Endpoints); got != want {
		t.Errorf("the one device has %s, all have %s", got, want)
	}
	r.do(api.Request{Op: api.OpAuthenticate, Code: "AAAAAAA"})
	r.do(api.Request{Op: api.OpConfiguration, AccessToken: "x"})
	if got := len(r.s.LedgerByDevice()); got != 2 {
		t.Errorf("%d devices, want what leads nowhere on the address alone", got)
	}
}

func TestLedgerAttributesRefusedCalls(t *testing.T) {
	r := newThrottledRig(t, Config{}).signOn("app")
	code := r.session("Cox")
	r.id.DeviceInfo = ""
	for range 20 {
		r.do(api.Request{Op: api.OpConfiguration})
		r.do(api.Request{Op: api.OpAuthenticate, Code: code})
	}
	if list := r.s.LedgerByDevice(); len(list) != 1 || r.status != 429 {
		t.Errorf("%d devices, last status %d: %s", len(list), r.status, asJSON(t, list))
	}
}

func TestRegistrationsAfterAToken(t *testing.T) {
	r := newThrottledRig(t, Config{})
	relapses := func() int { return r.s.LedgerByDevice()[0].RegistrationsAfterToken }
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app"})
	r.signOn("app")
	if got := relapses(); got != 0 {
		t.Errorf("registrations before any token: %d", got)
	}
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "bad"})
	r.signOn("app")
	if got := relapses(); got != 1 {
		t.Errorf("after one relapse: %d", got)
	}
	for range 12 {
		r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app"})
	}
	if got := relapses(); got != 6 {
		t.Errorf("of 12 more, 5 were admitted: %d, want 6", got)
	}
	r.s.ResetLedger()
	r.now = r.now.Add(20e9)
	r.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app"})
	if got := relapses(); got != 0 {
		t.Errorf("after a reset: %d", got)
	}
}

func TestLedgerHasNoSecrets(t *testing.T) {
	r := newRig(t, Config{}).signOn("app").signIn("Cox")
	text := asJSON(t, r.s.LedgerByDevice()) + asJSON(t, r.s.Ledger())
	for _, secret := range []string{r.secret, r.token, r.clientID, r.id.DeviceInfo} {
		if strings.Contains(text, secret) {
			t.Error("the ledger holds a secret")
		}
	}
}

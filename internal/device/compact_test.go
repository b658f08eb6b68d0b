package device

import "testing"

func TestACompactedDeviceHoldsWhatItHeld(t *testing.T) {
	for _, want := range []Device{{}, {clientID: "id"}, {clientID: "id", clientSecret: "secret"}, {clientID: "id", clientSecret: "secret", token: "token"}, {token: "token"}} {
		got := want
		got.Compact()
		if got != want {
			t.Errorf("%+v became %+v", want, got)
		}
	}
}

func TestCompactingAllocatesOnce(t *testing.T) {
	d := Device{clientID: "a client's id, long enough for the heap", clientSecret: "a secret of it", token: "a token"}
	if n := testing.AllocsPerRun(100, d.Compact); n != 1 {
		t.Errorf("%g allocations", n)
	}
}

package device

import "testing"

func TestADeviceKeepsWhatItWasGiven(t *testing.T) {
	var k kept
	want := func(id, secret, token string) {
		t.Helper()
		if k.clientID() != id || k.clientSecret() != secret || k.token() != token || k.registered() != (id != "") || k.hasToken() != (token != "") {
			t.Errorf("keeps %q, %q and %q, want %q, %q and %q", k.clientID(), k.clientSecret(), k.token(), id, secret, token)
		}
	}
	want("", "", "")
	k.setCredentials("id", "secret")
	want("id", "secret", "")
	k.setToken("token")
	want("id", "secret", "token")
	k.setToken("another")
	want("id", "secret", "another")
	k.dropToken()
	k.dropToken()
	want("id", "secret", "")
	k.setToken("third")
	k.setCredentials("id2", "") // a token belongs to its credentials
	want("id2", "", "")
	k.setToken("fourth")
	want("id2", "", "fourth")
}

func TestKeepingATokenTakesOnePieceOfMemory(t *testing.T) {
	var k kept
	k.setCredentials("a client's id, long enough for the heap", "a secret of it")
	if n := testing.AllocsPerRun(100, func() { k.setToken("a token"); k.dropToken() }); n != 1 {
		t.Errorf("%g allocations", n)
	}
}

package statement

import (
	"crypto/rand"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestAStandInLooksLikeASignedStatement(t *testing.T) {
	now := time.Unix(1_767_225_600, 0)
	claims := Claims{SoftwareID: "app", ClientName: "App"}
	signer, err := NewThrowaway(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(claims, now)
	if err != nil {
		t.Fatal(err)
	}
	made, err := StandIn(rand.Reader, claims, now)
	if err != nil {
		t.Fatal(err)
	}
	got, want := strings.Split(made, "."), strings.Split(signed, ".")
	if len(got) != 3 || got[1] != want[1] || len(got[0]) != len(want[0]) || len(got[2]) != len(want[2]) {
		t.Errorf("a stand-in has parts of other lengths or other claims:\n%s\n%s", made, signed)
	}
	v, err := NewVerifier(VerifierOptions{Keys: []TrustedKey{signer.Trusted("")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(made, now); err == nil {
		t.Error("a verifier takes a stand-in")
	}
	if again, _ := StandIn(rand.Reader, claims, now); again == made {
		t.Error("two stand-ins are the same")
	}
	if _, err := StandIn(iotest.ErrReader(iotest.ErrTimeout), claims, now); err == nil {
		t.Error("no error without randomness")
	}
}

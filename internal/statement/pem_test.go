package statement

import (
	"crypto/rand"
	"testing"
	"time"
)

func TestASignerSurvivesItsPEM(t *testing.T) {
	signer, err := NewThrowaway(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signer.PEM()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseSigner(text)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_700_000_000, 0)
	one, _ := signer.Sign(Claims{SoftwareID: "a"}, now)
	two, _ := back.Sign(Claims{SoftwareID: "a"}, now)
	if one != two || one == "" {
		t.Error("the two sign differently")
	}
}

func FuzzParseSigner(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := ParseSigner(text); (s == nil) == (err == nil) {
			t.Errorf("got a signer %v and %v", s != nil, err)
		}
	})
}

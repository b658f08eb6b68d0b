package statement_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/statement"
)

const (
	issuer   = "https://issuer.example"
	audience = "https://registrar.example"
)

var (
	now  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	good = statement.Claims{
		Subject: "subject-1", Issuer: issuer, SoftwareID: "app-1", ClientName: "Living-room app",
		RedirectURIs: []string{"app://done"}, Scopes: []string{"api:client:v2"},
	}
	keys = sync.OnceValue(func() [2]*statement.Signer {
		var pair [2]*statement.Signer
		for i := range pair {
			signer, err := statement.NewThrowaway(rand.Reader)
			if err != nil {
				panic(err)
			}
			pair[i] = signer
		}
		return pair
	})
)

func signer() *statement.Signer  { return keys()[0] }
func foreign() *statement.Signer { return keys()[1] }

func verifier(t testing.TB, change func(*statement.VerifierOptions)) *statement.Verifier {
	t.Helper()
	o := statement.VerifierOptions{
		Keys:     []statement.TrustedKey{signer().Trusted(issuer)},
		Audience: audience,
		Software: []string{"app-1", "subject-only"},
	}
	if change != nil {
		change(&o)
	}
	v, err := statement.NewVerifier(o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sign(t testing.TB, s *statement.Signer, c statement.Claims) string {
	t.Helper()
	token, err := s.Sign(c, now)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// wantReason checks the verdict; an empty reason is acceptance.
func wantReason(t *testing.T, err error, want statement.Reason) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var refused *statement.Error
	if !errors.As(err, &refused) || refused.Reason != want {
		t.Errorf("got %v, want %q", err, want)
		return
	}
	if !errors.Is(err, want.Verdict()) || errors.Is(err, statement.ErrInvalid) == errors.Is(err, statement.ErrUnapproved) {
		t.Errorf("%v does not wrap exactly %v", err, want.Verdict())
	}
}

func TestAGoodStatementIsAcceptedWithItsClaims(t *testing.T) {
	got, err := verifier(t, nil).Verify(sign(t, signer(), good), now)
	if err != nil {
		t.Fatal(err)
	}
	want := good
	want.IssuedAt, want.NotBefore = now, now
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSigningIsRepeatable(t *testing.T) {
	first, second := sign(t, signer(), good), sign(t, signer(), good)
	if first != second {
		t.Error("the same claims at the same time give two statements")
	}
}

func TestVerifyRules(t *testing.T) {
	with := func(change func(*statement.Claims)) statement.Claims {
		c := good
		change(&c)
		return c
	}
	for _, tc := range []struct {
		name   string
		claims statement.Claims
		keys   func(*statement.VerifierOptions)
		at     time.Duration
		want   statement.Reason
	}{
		{name: "the subject stands in for a missing software id", claims: with(func(c *statement.Claims) { c.SoftwareID, c.Subject = "", "subject-only" })},
		{name: "one nanosecond before expiry", claims: with(func(c *statement.Claims) { c.Expiry = now.Add(time.Hour) }), at: time.Hour - 1},
		{name: "at expiry", claims: with(func(c *statement.Claims) { c.Expiry = now.Add(time.Hour) }), at: time.Hour, want: statement.Expired},
		{name: "at expiry with leeway", claims: with(func(c *statement.Claims) { c.Expiry = now.Add(time.Hour) }), at: time.Hour,
			keys: func(o *statement.VerifierOptions) { o.Leeway = time.Second }},
		{name: "just before nbf", claims: good, at: -1, want: statement.NotYetValid},
		{name: "just before nbf with leeway", claims: good, at: -1, keys: func(o *statement.VerifierOptions) { o.Leeway = 1 }},
		{name: "no expiry means for ever", claims: good, at: 100 * 365 * 24 * time.Hour},
		{name: "issued in the future is nobody's rule", claims: with(func(c *statement.Claims) { c.IssuedAt = now.Add(time.Hour) })},
		{name: "the right audience among others", claims: with(func(c *statement.Claims) { c.Audience = []string{"x", audience} })},
		{name: "any audience when the verifier has no name", claims: with(func(c *statement.Claims) { c.Audience = []string{audience} }),
			keys: func(o *statement.VerifierOptions) { o.Audience = "" }, want: statement.Audience},
		{name: "no issuer where the key has one", claims: with(func(c *statement.Claims) { c.Issuer = "" }), want: statement.Issuer},
		{name: "no issuer where the key speaks for anyone", claims: with(func(c *statement.Claims) { c.Issuer = "" }),
			keys: func(o *statement.VerifierOptions) { o.Keys[0].Issuer = "" }},
		{name: "unknown software", claims: with(func(c *statement.Claims) { c.SoftwareID = "app-2" }), want: statement.Unknown},
		{name: "any software when none is listed", claims: with(func(c *statement.Claims) { c.SoftwareID = "app-2" }),
			keys: func(o *statement.VerifierOptions) { o.Software = nil }},
		{name: "no trusted key", claims: good, keys: func(o *statement.VerifierOptions) { o.Keys = nil }, want: statement.Signature},
		{name: "the key under another id", claims: good, keys: func(o *statement.VerifierOptions) { o.Keys[0].ID = "other" }, want: statement.Signature},
		{name: "the same key for two issuers", claims: good, keys: func(o *statement.VerifierOptions) {
			o.Keys = []statement.TrustedKey{signer().Trusted("https://other.example"), signer().Trusted(issuer)}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := verifier(t, tc.keys).Verify(sign(t, signer(), tc.claims), now.Add(tc.at))
			wantReason(t, err, tc.want)
		})
	}
}

func TestRevocationIsNotInvalidity(t *testing.T) {
	v := verifier(t, nil)
	token := sign(t, signer(), good)
	v.Revoke("app-1")
	_, err := v.Verify(token, now)
	wantReason(t, err, statement.Revoked)
}

func TestThereIsOneWayToWriteAStatement(t *testing.T) {
	token := sign(t, signer(), good)
	last := token[len(token)-1]
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	// The last character of 256 bytes has four spare bits.
	spare := string(alphabet[strings.IndexByte(alphabet, last)^1])
	for name, bad := range map[string]string{
		"a line break":            token[:40] + "\n" + token[40:],
		"a carriage return":       token + "\r",
		"a leading space":         " " + token,
		"spare bits that are set": token[:len(token)-1] + spare,
		"the standard alphabet":   strings.NewReplacer("-", "+", "_", "/").Replace(token),
		"four parts":              token + ".AA",
		"too long":                token + strings.Repeat("A", statement.MaxBytes),
		"header not JSON":         raw("{", "{}", ""),
		"header null":             raw("null", "{}", ""),
		"kid not a string":        raw(`{"alg":"RS256","kid":1}`, "{}", ""),
		"the same header twice":   raw(`{"alg":"none","alg":"RS256"}`, "{}", ""),
		"exp not a number":        raw(`{"alg":"RS256"}`, `{"exp":"tomorrow"}`, ""),
		"exp beyond all time":     raw(`{"alg":"RS256"}`, `{"exp":1e300}`, ""),
		"aud not a text":          raw(`{"alg":"RS256"}`, `{"aud":[1]}`, ""),
		"deep nesting":            raw(`{"alg":"RS256"}`, `{"x":`+strings.Repeat("[", 20000), ""),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verifier(t, nil).Verify(bad, now)
			wantReason(t, err, statement.Malformed)
		})
	}
}

func TestTheHeaderB64IsRefused(t *testing.T) {
	_, err := verifier(t, nil).Verify(raw(`{"alg":"RS256","b64":false}`, "{}", "x"), now)
	wantReason(t, err, statement.Critical)
}

func TestDecodeExplainsWithoutVerifying(t *testing.T) {
	token := sign(t, foreign(), good)
	header, claims, err := statement.Decode(token)
	if err != nil {
		t.Fatal(err)
	}
	if header.Algorithm != "RS256" || header.KeyID != foreign().KeyID() || header.Type != "JWT" || header.Critical {
		t.Errorf("header %+v", header)
	}
	if claims.SoftwareID != "app-1" || !claims.NotBefore.Equal(now) || !claims.Expiry.IsZero() {
		t.Errorf("claims %+v", claims)
	}
}

func TestWeakOrMissingKeysAreRefused(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := statement.NewSigner(weak); err == nil {
		t.Error("a signer with 1024 bits")
	}
	if _, err := statement.NewSigner(nil); err == nil {
		t.Error("a signer without a key")
	}
	_, err = statement.NewVerifier(statement.VerifierOptions{
		Keys:   []statement.TrustedKey{{ID: "weak", Key: &weak.PublicKey}, {ID: "none"}},
		Leeway: -1,
	})
	for _, want := range []string{`"weak"`, `"none"`, "negative"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not mention %s", err, want)
		}
	}
}

func raw(header, payload, signature string) string {
	e := base64.RawURLEncoding.EncodeToString
	return e([]byte(header)) + "." + e([]byte(payload)) + "." + e([]byte(signature))
}

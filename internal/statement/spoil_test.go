package statement_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/statement"
)

func source() statement.Source {
	return statement.Source{Signer: signer(), Claims: good, Foreign: foreign(), Now: now}
}

func TestEverySpoilingIsRefusedForItsOwnReason(t *testing.T) {
	v := verifier(t, nil)
	seen := map[string]bool{}
	for _, s := range statement.Spoilings() {
		t.Run(s.Name, func(t *testing.T) {
			if seen[s.Name] {
				t.Error("the name is used twice")
			}
			seen[s.Name] = true
			if !strings.HasPrefix(s.Rule, "RFC ") {
				t.Errorf("rule %q is no section", s.Rule)
			}
			bad, err := s.Make(source())
			if err != nil {
				t.Fatal(err)
			}
			claims, err := v.Verify(bad, now)
			wantReason(t, err, s.Reason)
			if claims.Software() != "" {
				t.Error("a refused statement returned claims")
			}
			for _, part := range strings.Split(bad, ".") {
				if len(part) > 8 && err != nil && strings.Contains(err.Error(), part) {
					t.Error("the error quotes the statement")
				}
			}
		})
	}
	if _, err := v.Verify(sign(t, signer(), good), now); err != nil {
		t.Errorf("the clean statement is refused too: %v", err)
	}
}

func TestASpoilingWithoutItsDefectIsAccepted(t *testing.T) {
	// The same bad statements before a verifier that lets the one defect be:
	// so each is refused for that defect and for nothing else.
	for name, change := range map[string]func(*statement.VerifierOptions){
		"unknown-issuer":   func(o *statement.VerifierOptions) { o.Keys[0].Issuer = "" },
		"unknown-software": func(o *statement.VerifierOptions) { o.Software = nil },
		"wrong-audience":   func(o *statement.VerifierOptions) { o.Audience = "https://audience.invalid" },
		"expired":          func(o *statement.VerifierOptions) { o.Leeway = 2 * 3600e9 },
		"not-yet-valid":    func(o *statement.VerifierOptions) { o.Leeway = 2 * 3600e9 },
		"foreign-key": func(o *statement.VerifierOptions) {
			k := foreign().Trusted(issuer)
			k.ID = signer().KeyID()
			o.Keys[0] = k
		},
		"foreign-key-in-jwk-header": func(o *statement.VerifierOptions) { o.Keys[0] = foreign().Trusted(issuer) },
	} {
		t.Run(name, func(t *testing.T) {
			bad, err := statement.Spoil(name, source())
			if err != nil {
				t.Fatal(err)
			}
			_, err = verifier(t, change).Verify(bad, now)
			wantReason(t, err, "")
		})
	}
}

func TestSomebodyElsesStatementCanBeSpoiltToo(t *testing.T) {
	src := source()
	src.Token, src.Signer, src.Claims = sign(t, signer(), good), nil, statement.Claims{}
	made := 0
	for _, s := range statement.Spoilings() {
		bad, err := s.Make(src)
		if s.NeedsSigner {
			if !errors.Is(err, statement.ErrNeedsSigner) {
				t.Errorf("%s: %v, want ErrNeedsSigner", s.Name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		made++
		if bad == src.Token {
			t.Errorf("%s: the statement is unchanged", s.Name)
		}
		_, err = verifier(t, nil).Verify(bad, now)
		wantReason(t, err, s.Reason)
	}
	if made < 12 {
		t.Errorf("only %d spoilings work without the key", made)
	}
}

func TestSpoilRefusesWhatItCannotUse(t *testing.T) {
	noForeign, nothing, garbage := source(), source(), source()
	noForeign.Foreign = nil
	nothing.Signer = nil
	garbage.Token = "hunter2hunter2"
	for name, tc := range map[string]struct {
		spoiling string
		src      statement.Source
	}{
		"an unknown name":        {"too-sweet", source()},
		"no foreign signer":      {"foreign-key", noForeign},
		"nothing to spoil":       {"tampered-payload", nothing},
		"a token that is no JWS": {"tampered-payload", garbage},
	} {
		bad, err := statement.Spoil(tc.spoiling, tc.src)
		if err == nil || bad != "" {
			t.Errorf("%s: made %d bytes, error %v", name, len(bad), err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error quotes the token", name)
		}
	}
}

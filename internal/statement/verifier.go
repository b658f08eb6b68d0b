package statement

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// TrustedKey is a public key that may sign statements.
type TrustedKey struct {
	// ID is the key's "kid". A statement that names a kid is verified with the
	// keys of that id only; one that names none, with all of them.
	ID string
	// Issuer is whom the key speaks for: "iss" must be equal. Empty is anyone.
	Issuer string
	// Key has at least 2048 bits.
	Key *rsa.PublicKey
}

// VerifierOptions say whom and what to believe.
type VerifierOptions struct {
	// Keys are the trusted keys; without any, every statement is invalid.
	Keys []TrustedKey
	// Audience is the verifier's own name, which "aud" must hold if present.
	Audience string
	// Software lists the approved software ids; empty approves all of them.
	Software []string
	// Leeway is the clock difference tolerated at "nbf" and "exp".
	Leeway time.Duration
}

// Validate returns every problem of the options, and changes nothing.
func (o VerifierOptions) Validate() []error {
	var problems []error
	for _, k := range o.Keys {
		if k.Key == nil || k.Key.N == nil {
			problems = append(problems, fmt.Errorf("trusted key %q: no key", k.ID))
		} else if bits := k.Key.N.BitLen(); bits < minBits {
			problems = append(problems, fmt.Errorf("trusted key %q: %d bits are too few, want at least %d", k.ID, bits, minBits))
		}
	}
	if o.Leeway < 0 {
		problems = append(problems, fmt.Errorf("leeway %v is negative", o.Leeway))
	}
	return problems
}

// Verifier decides on statements. Verify may run concurrently, but not while
// Revoke does.
type Verifier struct {
	options VerifierOptions
	revoked map[string]bool
}

// NewVerifier returns a verifier, or all problems of its options joined.
func NewVerifier(o VerifierOptions) (*Verifier, error) {
	if problems := o.Validate(); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	o.Keys, o.Software = slices.Clone(o.Keys), slices.Clone(o.Software)
	return &Verifier{options: o, revoked: map[string]bool{}}, nil
}

// Revoke withdraws the approval of a software id for good: statements have no
// end, and this is how the vendor ends them.
func (v *Verifier) Revoke(software string) { v.revoked[software] = true }

// Verify returns the claims of a statement that is genuine, in force now, and
// about approved software; otherwise an [*Error]. What is unknown is ignored,
// and no claim is required, save "iss" where the key is bound to an issuer
// (RFC 7591 section 2.3).
func (v *Verifier) Verify(token string, now time.Time) (Claims, error) {
	header, claims, err := Decode(token)
	switch {
	case err != nil:
		return Claims{}, err
	case header.Algorithm != string(jose.RS256):
		return Claims{}, refuse(Algorithm)
	case header.Critical:
		return Claims{}, refuse(Critical)
	}
	if err := v.checkSignature(token, header.KeyID, claims.Issuer); err != nil {
		return Claims{}, err
	}
	if err := v.checkClaims(claims, now); err != nil {
		return Claims{}, err
	}
	return claims, nil
}

// checkSignature looks for a trusted key that made the signature and speaks
// for the issuer. Keys that the statement itself brings are never candidates.
func (v *Verifier) checkSignature(token, keyID, issuer string) error {
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return refuse(Malformed)
	}
	reason := Signature
	for _, k := range v.options.Keys {
		if keyID != "" && k.ID != keyID {
			continue
		}
		if _, err := jws.Verify(k.Key); err != nil {
			continue
		}
		if k.Issuer == "" || k.Issuer == issuer {
			return nil
		}
		reason = Issuer
	}
	return refuse(reason)
}

func (v *Verifier) checkClaims(c Claims, now time.Time) error {
	software := c.Software()
	switch leeway := v.options.Leeway; {
	case !c.Expiry.IsZero() && !now.Before(c.Expiry.Add(leeway)):
		return refuse(Expired)
	case !c.NotBefore.IsZero() && now.Add(leeway).Before(c.NotBefore):
		return refuse(NotYetValid)
	case c.Audience != nil && (v.options.Audience == "" || !slices.Contains(c.Audience, v.options.Audience)):
		return refuse(Audience)
	case v.revoked[software]:
		return refuse(Revoked)
	case len(v.options.Software) > 0 && !slices.Contains(v.options.Software, software):
		return refuse(Unknown)
	}
	return nil
}

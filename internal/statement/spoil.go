package statement

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Spoiling is one way to make a bad statement out of a good one.
type Spoiling struct {
	// Name identifies the spoiling, and says what it does.
	Name string
	// Rule is the section that makes a verifier refuse it.
	Rule string
	// Reason is why this package's [Verifier] refuses it.
	Reason Reason
	// Tolerable marks what a correct server may accept all the same.
	Tolerable bool
	// NeedsSigner marks what only the holder of the signing key can make.
	NeedsSigner bool
	make        func(spoiler) (string, error)
}

// Source is the good statement that is to be spoilt.
type Source struct {
	// Token is a good statement. With a Signer it may be empty: it is then
	// signed from the Claims.
	Token string
	// Signer made the good statement, and nil when its key is somebody else's.
	Signer *Signer
	// Claims are those of the good statement; they matter with a Signer only.
	Claims Claims
	// Foreign is a signer whom nobody trusts.
	Foreign *Signer
	// Now is when the bad statement will be shown.
	Now time.Time
}

// ErrNeedsSigner is returned for a spoiling that cannot be made without the
// signing key.
var ErrNeedsSigner = errors.New("only the holder of the signing key can make this statement")

// Make returns the spoilt statement.
func (s Spoiling) Make(src Source) (string, error) {
	if s.NeedsSigner && src.Signer == nil {
		return "", fmt.Errorf("spoiling %q: %w", s.Name, ErrNeedsSigner)
	}
	if src.Foreign == nil {
		return "", fmt.Errorf("spoiling %q: no foreign signer", s.Name)
	}
	good := src.Token
	if good == "" {
		if src.Signer == nil {
			return "", fmt.Errorf("spoiling %q: no statement to spoil", s.Name)
		}
		var err error
		if good, err = src.Signer.Sign(src.Claims, src.Now); err != nil {
			return "", err
		}
	}
	parts, err := split(good)
	if err != nil {
		return "", fmt.Errorf("spoiling %q: the statement to spoil: %w", s.Name, err)
	}
	src.Claims = dated(src.Claims, src.Now)
	return s.make(spoiler{Source: src, good: good, header: parts[0], payload: parts[1], signature: parts[2]})
}

// Spoilings returns every way to spoil a statement, in a fixed order. Changing
// the slice changes nothing here.
func Spoilings() []Spoiling { return slices.Clone(spoilings) }

// Spoil makes the bad statement of that name.
func Spoil(name string, src Source) (string, error) {
	for _, s := range spoilings {
		if s.Name == name {
			return s.Make(src)
		}
	}
	return "", fmt.Errorf("unknown spoiling %q", name)
}

var spoilings = []Spoiling{
	{Name: "empty", Rule: "RFC 7515 section 7.1", Reason: Malformed, make: fixed("")},
	{Name: "not-a-jws", Rule: "RFC 7515 section 7.1", Reason: Malformed, make: fixed("this is no statement")},
	{Name: "without-signature-part", Rule: "RFC 7515 section 7.1", Reason: Malformed, make: spoiler.withoutSignaturePart},
	{Name: "json-serialization", Rule: "RFC 7519 section 1", Reason: Malformed, make: spoiler.jsonSerialization},
	{Name: "padded-base64", Rule: "RFC 7515 section 2", Reason: Malformed, Tolerable: true, make: spoiler.padded},
	{Name: "claims-not-an-object", Rule: "RFC 7519 section 7.2", Reason: Malformed, NeedsSigner: true, make: spoiler.claimsNotAnObject},
	{Name: "duplicate-claims", Rule: "RFC 7519 section 4", Reason: Malformed, Tolerable: true, NeedsSigner: true, make: spoiler.duplicateClaims},

	{Name: "truncated", Rule: "RFC 7515 section 5.2", Reason: Signature, make: spoiler.truncated},
	{Name: "empty-signature", Rule: "RFC 7515 section 5.2", Reason: Signature, make: spoiler.emptySignature},
	{Name: "tampered-payload", Rule: "RFC 7515 section 5.2", Reason: Signature, make: spoiler.tamperedPayload},
	{Name: "tampered-signature", Rule: "RFC 7515 section 5.2", Reason: Signature, make: spoiler.tamperedSignature},
	{Name: "foreign-key", Rule: "RFC 7515 section 5.2", Reason: Signature, make: foreign("", nil)},
	{Name: "foreign-key-in-jwk-header", Rule: "RFC 8725 section 3.10", Reason: Signature, make: spoiler.foreignJWK},
	{Name: "foreign-key-at-jku-header", Rule: "RFC 8725 section 3.10", Reason: Signature, make: foreign("jku", "https://keys.invalid/jwks.json")},
	{Name: "foreign-key-at-x5u-header", Rule: "RFC 8725 section 3.10", Reason: Signature, make: foreign("x5u", "https://keys.invalid/chain.pem")},

	{Name: "alg-none", Rule: "RFC 7591 section 2.3", Reason: Algorithm, make: unsigned("none")},
	{Name: "alg-none-mixed-case", Rule: "RFC 7591 section 2.3", Reason: Algorithm, make: unsigned("nOnE")},
	{Name: "alg-missing", Rule: "RFC 7515 section 4.1.1", Reason: Algorithm, make: spoiler.withoutAlgorithm},
	{Name: "alg-swap-hs256", Rule: "RFC 8725 section 3.1", Reason: Algorithm, NeedsSigner: true, make: spoiler.swapToHMAC},
	{Name: "crit-unknown", Rule: "RFC 7515 section 4.1.11", Reason: Critical, NeedsSigner: true, make: spoiler.criticalExtension},

	{Name: "expired", Rule: "RFC 7519 section 4.1.4", Reason: Expired, NeedsSigner: true, make: spoiler.expired},
	{Name: "not-yet-valid", Rule: "RFC 7519 section 4.1.5", Reason: NotYetValid, NeedsSigner: true, make: spoiler.notYetValid},
	{Name: "wrong-audience", Rule: "RFC 7519 section 4.1.3", Reason: Audience, NeedsSigner: true, make: spoiler.wrongAudience},
	{Name: "unknown-issuer", Rule: "RFC 7591 section 2.3", Reason: Issuer, NeedsSigner: true, make: spoiler.unknownIssuer},
	{Name: "unknown-software", Rule: "RFC 7591 section 3.2.2", Reason: Unknown, NeedsSigner: true, make: spoiler.unknownSoftware},
}

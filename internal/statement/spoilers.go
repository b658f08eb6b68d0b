package statement

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// spoiler holds the good statement in pieces. Its methods write the bad ones
// by hand: a JOSE library rightly refuses to.
type spoiler struct {
	Source
	good                       string
	header, payload, signature []byte
}

// fields is a JOSE header to be written.
type fields map[string]any

var encode = base64.RawURLEncoding.EncodeToString

func fixed(token string) func(spoiler) (string, error) {
	return func(spoiler) (string, error) { return token, nil }
}

func compact(header, payload, signature []byte) (string, error) {
	return encode(header) + "." + encode(payload) + "." + encode(signature), nil
}

// signed writes a statement with any header, signed as RS256 does.
func signed(key *rsa.PrivateKey, h fields, payload []byte) (string, error) {
	header, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256([]byte(encode(header) + "." + encode(payload)))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	if err != nil {
		return "", err
	}
	return compact(header, payload, signature)
}

// own signs any payload with the trusted key.
func (s spoiler) own(payload []byte) (string, error) {
	return signed(s.Signer.key, fields{"alg": "RS256", "kid": s.Signer.keyID}, payload)
}

func (s spoiler) withoutSignaturePart() (string, error) {
	return s.good[:strings.LastIndexByte(s.good, '.')], nil
}

func (s spoiler) jsonSerialization() (string, error) {
	raw, err := json.Marshal(fields{"protected": encode(s.header), "payload": encode(s.payload), "signature": encode(s.signature)})
	return string(raw), err
}

// padded adds the padding that RFC 4648 has and RFC 7515 leaves out, and one
// sign too many where none would belong.
func (s spoiler) padded() (string, error) {
	signature := encode(s.signature)
	return s.good + strings.Repeat("=", max(1, (4-len(signature)%4)%4)), nil
}

func (s spoiler) claimsNotAnObject() (string, error) { return s.own([]byte(`["iss","sub"]`)) }

// duplicateClaims names an untrusted issuer first and the good one last.
func (s spoiler) duplicateClaims() (string, error) {
	payload, err := encodeClaims(s.Claims)
	if err != nil {
		return "", err
	}
	first := `{"iss":"https://issuer.invalid","iss":`
	last, err := json.Marshal(s.Claims.Issuer)
	if err != nil {
		return "", err
	}
	return s.own(append(append([]byte(first), last...), append([]byte(","), payload[1:]...)...))
}

// truncated loses the second half of the signature.
func (s spoiler) truncated() (string, error) {
	return compact(s.header, s.payload, s.signature[:len(s.signature)/2])
}

func (s spoiler) emptySignature() (string, error) { return compact(s.header, s.payload, nil) }

// tamperedPayload adds a claim that was not signed.
func (s spoiler) tamperedPayload() (string, error) {
	end := bytes.LastIndexByte(s.payload, '}')
	if end < 0 {
		return "", refuse(Malformed)
	}
	added := `,"tampered":true}`
	if bytes.IndexByte(s.payload, ':') < 0 {
		added = added[1:]
	}
	return compact(s.header, append(bytes.Clone(s.payload[:end]), added...), s.signature)
}

func (s spoiler) tamperedSignature() (string, error) {
	signature := bytes.Clone(s.signature)
	if len(signature) == 0 {
		return "", refuse(Malformed)
	}
	signature[len(signature)/2] ^= 1
	return compact(s.header, s.payload, signature)
}

// foreign keeps the claims and claims the trusted key's id, but is signed with
// another key; extra is a header that says where to find that one.
func foreign(extra string, value any) func(spoiler) (string, error) {
	return func(s spoiler) (string, error) {
		h := fields{"alg": "RS256"}
		if good, err := decodeHeader(s.header); err == nil && good.KeyID != "" {
			h["kid"] = good.KeyID
		}
		if extra != "" {
			h[extra] = value
		}
		return signed(s.Foreign.key, h, s.payload)
	}
}

func (s spoiler) foreignJWK() (string, error) {
	jwk := jose.JSONWebKey{Key: &s.Foreign.key.PublicKey, Algorithm: "RS256", Use: "sig"}
	return signed(s.Foreign.key, fields{"alg": "RS256", "jwk": jwk}, s.payload)
}

// unsigned has the empty signature that RFC 7518 section 3.6 gives "none".
func unsigned(algorithm string) func(spoiler) (string, error) {
	return func(s spoiler) (string, error) {
		header, err := json.Marshal(fields{"alg": algorithm, "typ": "JWT"})
		if err != nil {
			return "", err
		}
		return compact(header, s.payload, nil)
	}
}

func (s spoiler) withoutAlgorithm() (string, error) {
	return compact([]byte(`{"typ":"JWT"}`), s.payload, s.signature)
}

// swapToHMAC takes the public key, which everybody may know, for the secret of
// a MAC: the attack of RFC 8725 section 2.1.
func (s spoiler) swapToHMAC() (string, error) {
	der, err := x509.MarshalPKIXPublicKey(&s.Signer.key.PublicKey)
	if err != nil {
		return "", err
	}
	header, err := json.Marshal(fields{"alg": "HS256", "kid": s.Signer.keyID})
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	mac.Write([]byte(encode(header) + "." + encode(s.payload)))
	return compact(header, s.payload, mac.Sum(nil))
}

func (s spoiler) criticalExtension() (string, error) {
	h := fields{"alg": "RS256", "kid": s.Signer.keyID, "crit": []string{"urn:example:extension"}, "urn:example:extension": true}
	return signed(s.Signer.key, h, s.payload)
}

// with signs the good claims with one change.
func (s spoiler) with(change func(*Claims)) (string, error) {
	c := s.Claims
	change(&c)
	return s.Signer.Sign(c, s.Now)
}

func (s spoiler) expired() (string, error) {
	return s.with(func(c *Claims) {
		c.Expiry = s.Now.Add(-time.Hour)
		c.IssuedAt = s.Now.Add(-2 * time.Hour)
		c.NotBefore = c.IssuedAt
	})
}

func (s spoiler) notYetValid() (string, error) {
	return s.with(func(c *Claims) { c.NotBefore = s.Now.Add(time.Hour) })
}

func (s spoiler) wrongAudience() (string, error) {
	return s.with(func(c *Claims) { c.Audience = []string{"https://audience.invalid"} })
}

func (s spoiler) unknownIssuer() (string, error) {
	return s.with(func(c *Claims) { c.Issuer = "https://issuer.invalid" })
}

func (s spoiler) unknownSoftware() (string, error) {
	return s.with(func(c *Claims) { c.SoftwareID = "unknown-software" })
}

package statement

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// minBits is the shortest RSA key for RS256 (RFC 7518 section 3.3).
const minBits = 2048

// Signer signs statements with one RSA key. It may be used concurrently.
type Signer struct {
	key   *rsa.PrivateKey
	keyID string
	jose  jose.Signer
}

// NewSigner makes a signer of a key of at least 2048 bits (RFC 7518 section
// 3.3). The key's id is its RFC 7638 thumbprint.
func NewSigner(key *rsa.PrivateKey) (*Signer, error) {
	if key == nil {
		return nil, errors.New("signing statements: no key")
	}
	if bits := key.N.BitLen(); bits < minBits {
		return nil, fmt.Errorf("signing statements: a key of %d bits is too short, want at least %d", bits, minBits)
	}
	thumbprint, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("signing statements: %w", err)
	}
	keyID := base64.RawURLEncoding.EncodeToString(thumbprint)
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: keyID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("signing statements: %w", err)
	}
	return &Signer{key: key, keyID: keyID, jose: signer}, nil
}

// NewThrowaway makes a signer of a fresh key of 2048 bits, which takes a good
// part of a second. Current Go releases draw keys from the system's secure
// source whatever rand is, so a seeded reader does not make a key repeatable.
func NewThrowaway(rand io.Reader) (*Signer, error) {
	key, err := rsa.GenerateKey(rand, minBits)
	if err != nil {
		return nil, fmt.Errorf("making a signing key: %w", err)
	}
	return NewSigner(key)
}

// Sign returns the statement in compact serialization. Claims without IssuedAt
// or NotBefore are issued, and valid from, now. The same claims and time give
// the same statement.
func (s *Signer) Sign(c Claims, now time.Time) (string, error) {
	payload, err := encodeClaims(dated(c, now))
	if err != nil {
		return "", fmt.Errorf("encoding claims: %w", err)
	}
	signed, err := s.jose.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("signing a statement: %w", err)
	}
	return signed.CompactSerialize()
}

func dated(c Claims, now time.Time) Claims {
	if c.IssuedAt.IsZero() {
		c.IssuedAt = now
	}
	if c.NotBefore.IsZero() {
		c.NotBefore = now
	}
	return c
}

// KeyID returns the id that statements name in their "kid" header.
func (s *Signer) KeyID() string { return s.keyID }

// Trusted returns the signer's public key as one that a [Verifier] trusts to
// speak for the issuer, or for any when issuer is empty.
func (s *Signer) Trusted(issuer string) TrustedKey {
	return TrustedKey{ID: s.keyID, Issuer: issuer, Key: &s.key.PublicKey}
}

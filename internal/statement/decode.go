package statement

import (
	"bytes"
	"encoding/base64"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/json"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Header is what a statement says about its signature. Keys and addresses of
// keys in it are nobody's to trust and are not read (RFC 8725 section 3.10).
type Header struct {
	// Algorithm, KeyID and Type are "alg", "kid" and "typ".
	Algorithm, KeyID, Type string
	// Critical reports a "crit" member, or "b64", which JWTs must not use
	// (RFC 7797 section 7).
	Critical bool
}

// Decode reads a statement without verifying anything: for explaining what
// somebody holds, never for believing it. It fails with [Malformed] only.
func Decode(token string) (Header, Claims, error) {
	parts, err := split(token)
	if err != nil {
		return Header{}, Claims{}, err
	}
	header, err := decodeHeader(parts[0])
	if err != nil {
		return Header{}, Claims{}, err
	}
	claims, err := decodeClaims(parts[1])
	if err != nil {
		return Header{}, Claims{}, err
	}
	return header, claims, nil
}

// canonical is base64url without padding and with nothing in the spare bits,
// so that there is one way only to write a statement.
var canonical = base64.RawURLEncoding.Strict()

// split decodes the three parts of the compact serialization.
func split(token string) (parts [3][]byte, err error) {
	// The standard decoder skips line breaks; RFC 7515 section 2 has none.
	if len(token) > MaxBytes || strings.Count(token, ".") != 2 || strings.ContainsAny(token, "\r\n") {
		return parts, refuse(Malformed)
	}
	for i, text := range strings.Split(token, ".") {
		if parts[i], err = canonical.DecodeString(text); err != nil {
			return parts, refuse(Malformed)
		}
	}
	return parts, nil
}

type wireHeader struct {
	Algorithm string          `json:"alg"`
	KeyID     string          `json:"kid"`
	Type      string          `json:"typ"`
	Critical  json.RawMessage `json:"crit"`
	Base64    json.RawMessage `json:"b64"`
}

func decodeHeader(raw []byte) (Header, error) {
	var w wireHeader
	if err := decodeObject(raw, &w); err != nil {
		return Header{}, err
	}
	return Header{
		Algorithm: w.Algorithm, KeyID: w.KeyID, Type: w.Type,
		Critical: w.Critical != nil || w.Base64 != nil,
	}, nil
}

type wireClaims struct {
	Subject      string           `json:"sub,omitempty"`
	Issuer       string           `json:"iss,omitempty"`
	Audience     jwt.Audience     `json:"aud,omitempty"`
	IssuedAt     *jwt.NumericDate `json:"iat,omitempty"`
	NotBefore    *jwt.NumericDate `json:"nbf,omitempty"`
	Expiry       *jwt.NumericDate `json:"exp,omitempty"`
	SoftwareID   string           `json:"software_id,omitempty"`
	ClientName   string           `json:"client_name,omitempty"`
	RedirectURIs []string         `json:"redirect_uris,omitempty"`
	Scopes       []string         `json:"scopes,omitempty"`
}

func decodeClaims(raw []byte) (Claims, error) {
	var w wireClaims
	if err := decodeObject(raw, &w); err != nil {
		return Claims{}, err
	}
	return Claims{
		Subject: w.Subject, Issuer: w.Issuer, Audience: w.Audience,
		IssuedAt: fromDate(w.IssuedAt), NotBefore: fromDate(w.NotBefore), Expiry: fromDate(w.Expiry),
		SoftwareID: w.SoftwareID, ClientName: w.ClientName, RedirectURIs: w.RedirectURIs, Scopes: w.Scopes,
	}, nil
}

func encodeClaims(c Claims) ([]byte, error) {
	return json.Marshal(wireClaims{
		Subject: c.Subject, Issuer: c.Issuer, Audience: c.Audience,
		IssuedAt: jwt.NewNumericDate(c.IssuedAt), NotBefore: jwt.NewNumericDate(c.NotBefore), Expiry: jwt.NewNumericDate(c.Expiry),
		SoftwareID: c.SoftwareID, ClientName: c.ClientName, RedirectURIs: c.RedirectURIs, Scopes: c.Scopes,
	})
}

func fromDate(d *jwt.NumericDate) time.Time {
	if d == nil {
		return time.Time{}
	}
	return d.Time().UTC()
}

// decodeObject takes a JSON object only. The decoder tells names apart by case
// and refuses the same name twice, unlike the standard one.
func decodeObject(raw []byte, into any) error {
	if !bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{")) || json.Unmarshal(raw, into) != nil {
		return refuse(Malformed)
	}
	return nil
}

// Package statement makes, verifies and deliberately spoils software
// statements: the signed JWTs (RFC 7591 section 2.3, RFC 7519) with which a
// client application introduces itself at registration, in the compact
// serialization of RFC 7515 section 7.1 and signed with RS256.
//
// The package is pure: it reads no clock and no file, and takes the time as an
// argument. A statement is a secret: no error of this package quotes one.
package statement

import (
	"errors"
	"time"
)

// MaxBytes is the longest statement that is looked at, in bytes.
const MaxBytes = 64 << 10

// Claims are what a statement says. Zero fields are left out of a statement
// and stay zero when it does not have them: no claim in particular can be
// relied on. Times have a precision of one second.
type Claims struct {
	// Subject and Issuer are "sub" and "iss" (RFC 7519 section 4.1).
	Subject, Issuer string
	// Audience is "aud": who the statement is for; it usually says nothing.
	Audience []string
	// IssuedAt, NotBefore and Expiry are "iat", "nbf" and "exp". The vendor's
	// statements have no "exp": they live until they are revoked.
	IssuedAt, NotBefore, Expiry time.Time
	// SoftwareID and ClientName are "software_id" and "client_name" (RFC 7591
	// section 2).
	SoftwareID, ClientName string
	// RedirectURIs and Scopes are "redirect_uris" and "scopes".
	RedirectURIs, Scopes []string
}

// Software identifies the application for approval and revocation: the
// software id, or the subject where a statement has none, as those seen live.
func (c Claims) Software() string {
	if c.SoftwareID != "" {
		return c.SoftwareID
	}
	return c.Subject
}

// The two verdicts on a statement that is refused; an [*Error] wraps one of
// them. They are the two error codes of RFC 7591 section 3.2.2.
var (
	// ErrInvalid is a statement that proves nothing: invalid_software_statement.
	ErrInvalid = errors.New("invalid software statement")
	// ErrUnapproved is a genuine statement about software that is unknown or
	// revoked: unapproved_software_statement.
	ErrUnapproved = errors.New("unapproved software statement")
)

// Reason says why a statement is refused.
type Reason string

// The reasons. The first group makes a statement invalid, the last two make
// it unapproved.
const (
	// Malformed: not three base64url parts of a JSON header and JSON claims,
	// or the same name twice (RFC 7515 sections 4 and 7.1, RFC 7519 section 4).
	Malformed Reason = "malformed"
	// Algorithm: not signed with RS256 (RFC 8725 section 3.1).
	Algorithm Reason = "algorithm not allowed"
	// Critical: the header demands an extension (RFC 7515 section 4.1.11).
	Critical Reason = "critical header not understood"
	// Signature: no trusted key made the signature (RFC 7515 section 5.2).
	Signature Reason = "signature not made by a trusted key"
	// Issuer: the key that signed is not the named issuer's (RFC 7591
	// section 2.3).
	Issuer Reason = "issuer not trusted"
	// Audience: meant for somebody else (RFC 7519 section 4.1.3).
	Audience Reason = "audience does not match"
	// Expired: at or after "exp" (RFC 7519 section 4.1.4).
	Expired Reason = "expired"
	// NotYetValid: before "nbf" (RFC 7519 section 4.1.5).
	NotYetValid Reason = "not yet valid"

	// Unknown: the software was never approved.
	Unknown Reason = "software unknown"
	// Revoked: the software's approval was withdrawn.
	Revoked Reason = "software revoked"
)

// Verdict returns [ErrUnapproved] or [ErrInvalid].
func (r Reason) Verdict() error {
	if r == Unknown || r == Revoked {
		return ErrUnapproved
	}
	return ErrInvalid
}

// Error is a refused statement. It wraps [ErrInvalid] or [ErrUnapproved].
type Error struct{ Reason Reason }

// Error implements the error interface.
func (e *Error) Error() string { return e.Reason.Verdict().Error() + ": " + string(e.Reason) }

// Unwrap returns the reason's verdict.
func (e *Error) Unwrap() error { return e.Reason.Verdict() }

func refuse(r Reason) error { return &Error{Reason: r} }

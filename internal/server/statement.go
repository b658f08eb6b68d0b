package server

import (
	crand "crypto/rand"
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// issuer is who vouches for the statement that the server hands out.
const issuer = "dcrbench-simulator"

// makeStatement signs a statement with a throwaway key and returns it with its
// signer and a verifier that trusts that key.
func makeStatement(o *Options) (string, *statement.Signer, backend.StatementVerifier, error) {
	signer, err := statement.NewThrowaway(crand.Reader)
	if err != nil {
		return "", nil, nil, err
	}
	claims := statement.Claims{
		Subject:    "dcrbench",
		SoftwareID: "dcrbench-simulated-application",
		ClientName: "dcrbench",
		Scopes:     []string{backend.ScopeV2},
	}
	if o.Software != nil {
		claims = *o.Software
	}
	claims.Issuer = issuer
	if claims.NotBefore.IsZero() {
		// Callers with a clock of their own may live at any time.
		claims.NotBefore = time.Unix(0, 0)
	}
	text, err := signer.Sign(claims, o.Now())
	if err != nil {
		return "", nil, nil, err
	}
	verifier, err := statement.NewVerifier(statement.VerifierOptions{
		Keys:     []statement.TrustedKey{signer.Trusted(issuer)},
		Audience: issuer,
		Software: []string{claims.Software(), backend.SoftwareNoGrant},
	})
	if err != nil {
		return "", nil, nil, fmt.Errorf("trusting the throwaway key: %w", err)
	}
	return text, signer, verifier, nil
}

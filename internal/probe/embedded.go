package probe

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// issuer vouches for the statements of the embedded simulator.
const issuer = "dcrbench-check"

// Reserved are the simulator's special values.
func Reserved() *check.Reserved {
	return &check.Reserved{
		ErrorPrefix: backend.ErrorPrefix, ForeignProvider: backend.SPForeign, UnknownProvider: backend.SPUnknown,
		NotIntegrated: backend.MVPDNotIntegrated, NoPartner: backend.MVPDNoPartner,
		NeverLogsIn: backend.MVPDNeverLogsIn, Invalid: backend.MVPDInvalidated,
		ProviderMismatch: backend.ProviderMismatch, NoGrantSoftware: backend.SoftwareNoGrant,
		MVPD: backend.DefaultMVPDs()[0].ID,
	}
}

// Keys are the two signers of an embedded run. Making them takes a good part of
// a second; they may serve many runs.
type Keys struct{ own, foreign *statement.Signer }

// NewKeys makes the signers.
func NewKeys() (*Keys, error) {
	own, err := statement.NewThrowaway(rand.Reader)
	if err != nil {
		return nil, err
	}
	foreign, err := statement.NewThrowaway(rand.Reader)
	if err != nil {
		return nil, err
	}
	return &Keys{own, foreign}, nil
}

// Foreign is a signer whom no target trusts.
func (k *Keys) Foreign() *statement.Signer { return k.foreign }

// Embed makes a simulator with its kit for probes that hold the signing key, so
// that every check has its occasion. now is when the run will begin.
func Embed(cfg backend.Config, keys *Keys, seed [32]byte, now time.Time) (*backend.Service, check.Kit, error) {
	claims := statement.Claims{
		Issuer: issuer, Subject: "dcrbench", SoftwareID: "dcrbench-simulated-application", ClientName: "dcrbench",
		Scopes: []string{backend.ScopeV2}, NotBefore: now.Add(-time.Hour), IssuedAt: now.Add(-time.Hour),
	}
	text, err := keys.own.Sign(claims, now)
	if err != nil {
		return nil, check.Kit{}, err
	}
	verifier, err := statement.NewVerifier(statement.VerifierOptions{
		Keys: []statement.TrustedKey{keys.own.Trusted(issuer)}, Audience: issuer,
		Software: []string{claims.SoftwareID, backend.SoftwareNoGrant},
	})
	if err != nil {
		return nil, check.Kit{}, fmt.Errorf("trusting the run's key: %w", err)
	}
	service, err := backend.New(cfg, seed, verifier)
	if err != nil {
		return nil, check.Kit{}, err
	}
	return service, check.Kit{
		Statement: text, Signer: keys.own, Claims: claims, Foreign: keys.foreign, Reserved: Reserved(),
		ServiceProvider: "DCRBENCH", Patience: 48 * time.Hour, Loopback: true, Elsewhere: true,
	}, nil
}

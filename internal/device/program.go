package device

import (
	"errors"
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/profiles"
)

// maxPreauthorize is the number of resources that one preauthorization names:
// the usual configured maximum (decisions page).
const maxPreauthorize = 5

// Program is what all devices of one profile in one fleet share. It is
// immutable once compiled and safe for concurrent use.
type Program struct {
	profile   *profiles.Profile
	fleet     *profiles.Fleet
	statement string
	// watch holds each resource as a slice of its own, so that an authorize
	// request needs no allocation; browse is what a preauthorization names.
	watch  [][]string
	browse []string
	// viewers are the fleet's MVPDs.
	viewers []viewer
	// flow is the limiter of a profile that has one, which limited says.
	flow    throttle.Flow
	limited bool
}

// viewer is the MVPD that a viewer has chosen, with the value of
// AP-Partner-Framework-Status that goes with it.
type viewer struct{ mvpd, partner string }

// Compile prepares profile for use in fleet with the given software statement.
// It fails when the fleet lacks what the profile's session needs.
func Compile(profile *profiles.Profile, fleet *profiles.Fleet, statement string) (*Program, error) {
	if err := checkBounds(profile); err != nil {
		return nil, fmt.Errorf("profile %q: %w", profile.Name, err)
	}
	if fleet.ServiceProvider == "" || len(fleet.MVPDs) == 0 || len(fleet.Resources) == 0 {
		return nil, errors.New("a fleet needs a service provider, an MVPD and a resource")
	}
	p := &Program{profile: profile, fleet: fleet, statement: statement}
	for i := range fleet.Resources {
		p.watch = append(p.watch, fleet.Resources[i:i+1:i+1])
	}
	for _, mvpd := range fleet.MVPDs {
		p.viewers = append(p.viewers, viewer{mvpd, partnerStatus(mvpd)})
	}
	if l := profile.Behaviour.Limiter; l != nil {
		p.flow, p.limited = throttle.Flow{PerSecond: l.Rate, Capacity: float64(l.Burst)}, true
	}
	p.browse = fleet.Resources[:min(maxPreauthorize, len(fleet.Resources))]
	return p, nil
}

// maxCount bounds every counter of a profile: a device counts in 16 bits.
const maxCount = 10_000

func checkBounds(p *profiles.Profile) error {
	b := &p.Behaviour
	switch {
	case len(p.Session) == 0:
		return errors.New("no session steps")
	case len(p.Session) > maxCount:
		return fmt.Errorf("%d session steps; at most %d", len(p.Session), maxCount)
	case max(b.Relaunches, b.Retries, b.ThrottleRetries) > maxCount:
		return fmt.Errorf("relaunches and retries are at most %d", maxCount)
	}
	for _, s := range p.Session {
		if s.Times > maxCount {
			return fmt.Errorf("step %s: times is at most %d", s.Op, maxCount)
		}
	}
	return nil
}

// Profile returns the profile that the program was compiled from.
func (p *Program) Profile() *profiles.Profile { return p.profile }

// Credentials are what a device keeps between runs.
type Credentials struct {
	// ClientID and ClientSecret come from a registration.
	ClientID, ClientSecret string
	// AccessToken is a token that may still be live, issued and ending at the
	// times beside it.
	AccessToken               string
	TokenIssued, TokenExpires time.Time
}

// New makes a device that launches at the given time. The seed decides every
// draw that the device will ever make; a device with the same program, seed,
// launch and answers does the same things at the same times.
func (p *Program) New(seed, index uint64, mvpd string, launch time.Time) Device {
	return Device{
		prog:   p,
		key:    key(seed, index),
		viewer: p.viewer(mvpd),
		wake:   launch.UnixNano(),
		stage:  stageLaunch,
	}
}

// viewer returns the viewer with an MVPD: one of the fleet's, or one that it does
// not know and has no partner status for.
func (p *Program) viewer(mvpd string) *viewer {
	for i := range p.viewers {
		if p.viewers[i].mvpd == mvpd {
			return &p.viewers[i]
		}
	}
	return &viewer{mvpd: mvpd}
}

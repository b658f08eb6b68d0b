package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
)

// scripts/reconcile/kills.sh asks for more.
var killCount = flag.Int("kills", 12, "runs that are killed in TestAKilledRunCostsNoRegistration")

// runsPerSeed is how many runs share a seed, and so their devices. New devices
// keep registrations among what is killed.
const runsPerSeed = 5

// A device goes on to its token only when its credentials are durable: whoever
// has asked for a token never registers again, whenever its run was killed.
func TestAKilledRunCostsNoRegistration(t *testing.T) {
	if testing.Short() {
		t.Skip("kills runs for ten seconds and more")
	}
	t.Parallel()
	simulator := serveSimulator(t)
	vault := filepath.Join(t.TempDir(), "vault.db")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed of the moments: %d", seed)
	draw := rand.New(rand.NewPCG(seed, 0))
	killed := 0
	for n := range *killCount {
		after := 50*time.Millisecond + time.Duration(draw.Int64N(int64(1450*time.Millisecond)))
		o := killedRun(t, simulator, vault, n/runsPerSeed, after)
		switch {
		case o.killed:
			killed++
		case o.code != 0:
			t.Fatalf("a run after %d kills ended by itself with %d: %s", killed, o.code, o.stderr)
		}
	}
	if killed < *killCount/2 {
		t.Errorf("%d of %d runs were killed, which proves little", killed, *killCount)
	}
	if o := killedRun(t, simulator, vault, (*killCount-1)/runsPerSeed, time.Minute); o.code != 0 {
		t.Errorf("the run after all kills ended with %d: %s", o.code, o.stderr)
	} else if doc := soundDocument(t, []byte(o.stdout)); doc.TokenReuse.ReRegistrations != 0 {
		t.Errorf("the run after all kills re-registered %d times", doc.TokenReuse.ReRegistrations)
	}

	asked, again := relapses(t, simulator)
	t.Logf("%d runs killed; %d devices asked for a token, %d registered again", killed, asked, again)
	if asked < 10 {
		t.Errorf("%d devices asked for a token, which proves little", asked)
	}
}

// relapses reads from the ledger how many devices asked for a token and how many
// of them registered after that, which is an error.
func relapses(t *testing.T, simulator string) (asked, again int) {
	t.Helper()
	var ledger struct{ Devices []backend.LedgerDevice }
	askSimulator(t, simulator+"/_sim/ledger?by=device", &ledger)
	for _, d := range ledger.Devices {
		for _, e := range d.Endpoints {
			if e.Endpoint == "token" {
				asked++
			}
		}
		if d.RegistrationsAfterToken != 0 {
			again++
			t.Errorf("device %s registered %d times after it had asked for a token: %s", d.Device, d.RegistrationsAfterToken, asJSON(d))
		}
	}
	return asked, again
}

// The worst moment is when the first bytes of a token request arrive: credentials
// that were still on their way to the disk are lost then. A proxy kills the run
// at that moment and passes the request on.
func TestARunKilledByATokenRequestCostsNoRegistration(t *testing.T) {
	t.Parallel()
	simulator := serveSimulator(t)
	base, err := url.Parse(simulator)
	if err != nil {
		t.Fatal(err)
	}
	var victim atomic.Pointer[os.Process]
	proxy := httputil.NewSingleHostReverseProxy(base)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // a run that is gone is what is wanted
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/o/client/token" {
			if p := victim.Swap(nil); p != nil {
				_ = p.Signal(syscall.SIGKILL) // it may have ended already
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			// The run is gone, and its request shall count all the same.
			r = r.WithContext(context.WithoutCancel(r.Context()))
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	vault := filepath.Join(t.TempDir(), "vault.db")
	const rounds = 15
	for seed := range rounds {
		for _, kill := range []bool{true, false} {
			duration := "500ms"
			if kill {
				duration = "40s" // it lasts to a token request, however slow this machine is
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			p := newProcess(ctx, t, "run", "well-behaved", "--devices", "20", "--launch-rate", "400", "--duration", duration,
				"--target", front.URL, "--vault", vault, "--seed", fmt.Sprint(seed), "--max-lateness", unhurried)
			p.start(t)
			if kill {
				victim.Store(p.Process)
			}
			o := p.end(t)
			cancel()
			// On a slow machine the short run has no answer when it is over, which fails it.
			if o.killed != kill || !kill && o.code != exitOK && o.code != exitGate {
				t.Fatalf("killed: %v, want %v; exit code %d: %s", o.killed, kill, o.code, o.stderr)
			}
		}
	}
	if asked, _ := relapses(t, simulator); asked < rounds {
		t.Errorf("%d devices asked for a token, which proves little", asked)
	}
}

// killedRun runs a small fleet and kills it after a time, if it still runs.
func killedRun(t *testing.T, target, vault string, seed int, after time.Duration) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := newProcess(ctx, t, "run", "well-behaved", "--devices", "40", "--launch-rate", "40", "--duration", "3s", "--seed", fmt.Sprint(seed),
		"--target", target, "--vault", vault, "--format", "json", "--max-lateness", unhurried)
	p.start(t)
	timer := time.AfterFunc(after, func() { _ = p.Process.Signal(syscall.SIGKILL) }) // too late is fine
	defer timer.Stop()
	return p.end(t)
}

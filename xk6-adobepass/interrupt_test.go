package adobepass

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
)

// waitUntil waits until k6 has come so far.
func (k *k6Run) waitUntil(t *testing.T, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it took more than a minute\n%s", k.output.String())
		}
	}
}

// patient is a fleet whose devices do little but wait.
func patient(behaviour, session string) string {
	return fmt.Sprintf(`
profiles:
  - name: patient
    extends: roku-v4
    network: {kind: own}
    behaviour: {%s}
    session: [%s]
fleet:
  name: patient
  title: Devices that wait
  story: For tests.
  devices: 4
  duration: 1h
  launch: {shape: constant, rate: 100}
  members:
    - {profile: patient, weight: 1}
`, behaviour, session)
}

func TestAnInterruptEndsEveryWait(t *testing.T) {
	// What runs in setup is under way when its target has heard of it, and all else a
	// second after the VUs began.
	inSetup := serve(t, backend.Config{})
	target := serve(t, backend.Config{}).URL()
	const think = "{do: configuration}, {do: profiles.list, think: 10m..20m}"
	for _, c := range []struct{ what, setup, fleet, code string }{
		{"after a 429", "", "profiles: `" + patient("throttle: {reaction: wait, wait: 1m..2m, retries: 9}", "{do: configuration}") + "`, simulator: { throttle: '1:1' }",
			`const d = fleet.at(0); for (;;) d.call('configuration', { retry: true });`},
		{"between polls", "", "profiles: `" + patient("poll: {every: 1m, for: 30m}", "{do: sessions.create}, {do: authenticate}, {do: profiles.code}") + "`, simulator: { loginDelay: '1h' }",
			`fleet.next().session();`},
		{"while the viewer thinks", "", "profiles: `" + patient("", think) + "`", `fleet.next().session();`},
		{"for a device that another VU has", "", "profiles: `" + patient("", think) + "`", `fleet.at(0).session();`},
		{"for a launch", "", "launch: 'constant:0.01'", `while (fleet.launch());`},
		{"for the ceiling", "", "maxRps: 0.01", `for (;;) fleet.next().call('configuration');`},
		{"for an answer", "", "simulator: { latency: '2m' }", `fleet.next().call('configuration');`},
		{"for a promise", "", "simulator: { latency: '2m' }", `await fleet.next().callAsync('configuration');`},
		{"in conformance", "", "devices: 1", `conformance({ target: '` + target + `', groups: ['thr'] });`},
		{"in conformance in setup", `conformance({ target: '` + inSetup.URL() + `', groups: ['thr'] });`, "devices: 1", ``},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			k := startK6(t, `
				import { Fleet, conformance } from 'k6/x/adobepass';
				const fleet = new Fleet({ `+c.fleet+` });
				export const options = { scenarios: {
					all: { executor: 'per-vu-iterations', vus: 2, iterations: 1, maxDuration: '10m' },
					signal: { executor: 'per-vu-iterations', vus: 1, iterations: 1, startTime: '1s', exec: 'signal' },
				} };
				export function setup() { `+c.setup+` }
				export function signal() { console.log('they wait'); }
				export default async function () { `+c.code+` }`)
			k.waitUntil(t, func() bool {
				return c.setup != "" && len(ledgerOf(inSetup)) > 0 || strings.Contains(k.output.String(), "they wait")
			})
			began := time.Now()
			if err := k.command.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			code := k.wait(t)
			took := time.Since(began)
			t.Logf("ended within %v", took.Round(time.Millisecond))
			if took > 10*time.Second {
				t.Errorf("it took %v to end", took)
			}
			if text := k.output.String(); code != 105 || !strings.Contains(text, "TOTAL RESULTS") || strings.Contains(text, "no answer") {
				t.Errorf("exit %d, want 105, a summary, and no word of requests that the end cut off\n%s", code, text)
			}
		})
	}
}

func TestConformanceSaysWhatToDoWhenSetupIsTooShort(t *testing.T) {
	t.Parallel()
	target := serve(t, backend.Config{}).URL()
	k := startK6(t, `
		import { conformance } from 'k6/x/adobepass';
		export const options = { vus: 1, iterations: 1, setupTimeout: '1s' };
		export function setup() { conformance({ target: '`+target+`', groups: ['thr'] }); }
		export default function () { console.log('the load'); }`)
	code := k.wait(t)
	text := k.output.String()
	if code != 100 || !strings.Contains(text, "setupTimeout: '10m'") || !strings.Contains(text, "not all of the") || strings.Contains(text, "the load") {
		t.Errorf("exit %d, want 100 and what to do\n%s", code, text)
	}
}

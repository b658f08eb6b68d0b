package adobepass

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.k6.io/k6/cmd"
	"go.k6.io/k6/lib"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/run"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/internal/wire"
	"github.com/dcrbench/dcrbench/profiles"
)

// actAsK6 makes the test binary k6 itself, so that whole runs are tested without
// another build.
const actAsK6 = "DCRBENCH_TEST_ACT_AS_K6"

func TestMain(m *testing.M) {
	if os.Getenv(actAsK6) != "" {
		cmd.Execute()
		return
	}
	os.Exit(m.Run())
}

// k6Run is one run of k6.
type k6Run struct {
	command *exec.Cmd
	output  output
}

// output is what k6 says, which may be read while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func startK6(t *testing.T, script string, args ...string) *k6Run {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script.js")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	k := &k6Run{command: exec.Command(os.Args[0], append(append([]string{"run", "--address", "127.0.0.1:0", "--no-color"}, args...), path)...)}
	k.command.Env = append(os.Environ(), actAsK6+"=1", "K6_AUTO_EXTENSION_RESOLUTION=false", "K6_NO_USAGE_REPORT=true")
	k.command.Stdout, k.command.Stderr = &k.output, &k.output
	if err := k.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if k.command.ProcessState == nil {
			k.command.Process.Kill()
			k.command.Wait()
		}
	})
	return k
}

// wait returns the exit code.
func (k *k6Run) wait(t *testing.T) int {
	t.Helper()
	err := k.command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return k.command.ProcessState.ExitCode()
}

func (k *k6Run) must(t *testing.T) string {
	t.Helper()
	if code := k.wait(t); code != 0 {
		t.Fatalf("exit %d\n%s", code, k.output.String())
	}
	return k.output.String()
}

func serve(t *testing.T, c backend.Config) *server.Server {
	t.Helper()
	s, err := server.Start(t.Context(), server.Options{Backend: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := closeServer(s); err != nil {
			t.Error(err)
		}
	})
	return s
}

func readResult(t *testing.T, folder string) *result.Document {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := result.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Reconcile(doc); err != nil {
		t.Errorf("the result does not add up: %v", err)
	}
	return doc
}

// countsOf adds up what documents or a ledger say, by endpoint and status.
func countsOf(documents ...*result.Document) map[string]uint64 {
	counts := map[string]uint64{}
	for _, d := range documents {
		for _, e := range d.Endpoints {
			for status, n := range e.Status {
				counts[e.Endpoint+" "+status] += n
			}
		}
	}
	return counts
}

func ledgerOf(s *server.Server) map[string]uint64 {
	counts := map[string]uint64{}
	for _, e := range s.Ledger().Endpoints {
		for status, n := range e.Status {
			counts[fmt.Sprint(e.Endpoint, " ", status)] += uint64(n)
		}
	}
	return counts
}

func equalCounts(t *testing.T, what string, got, want map[string]uint64) {
	t.Helper()
	for key := range want {
		if got[key] != want[key] {
			t.Errorf("%s: %s is %d, the server has %d", what, key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %v, the server has %v", what, got, want)
	}
}

func TestACrossedThresholdFailsTheRunAndItsResult(t *testing.T) {
	out := t.TempDir()
	k := startK6(t, `
		import { Fleet, writeResult } from 'k6/x/adobepass';
		const fleet = new Fleet({ fleet: 'old-apps', devices: 1, simulator: { throttle: '1:2' } });
		export const options = { vus: 1, iterations: 10, thresholds: { adobepass_throttled: ['count<1'] } };
		export default function () { fleet.at(0).call('configuration'); }
		export function handleSummary(data) { return writeResult(data, { out: __ENV.OUT }); }`, "-e", "OUT="+out)
	if code := k.wait(t); code != 99 {
		t.Errorf("exit %d, want 99\n%s", code, k.output.String())
	}
	if text := k.output.String(); !strings.Contains(text, "adobepass_throttled") || !strings.Contains(text, "TOTAL RESULTS") {
		t.Errorf("k6's own summary is gone:\n%s", text)
	}
	doc := readResult(t, out)
	if doc.Kind != result.KindRun || doc.Verdict.ExitCode != result.ExitFailed || !strings.Contains(doc.Verdict.Reasons[0], "adobepass_throttled") {
		t.Errorf("verdict %+v", doc.Verdict)
	}
}

func TestATargetThatIsNotThereFailsTheTestAtOnce(t *testing.T) {
	k := startK6(t, `
		import { Fleet } from 'k6/x/adobepass';
		const fleet = new Fleet({ target: 'http://127.0.0.1:9' });
		export const options = { vus: 2, duration: '1m', thresholds: { adobepass_throttled: ['count==0'] } };
		export default function () { fleet.next().call('configuration'); }`)
	if code := k.wait(t); code == 0 || !strings.Contains(k.output.String(), "cannot be reached") {
		t.Errorf("exit %d: nothing was measured, and every threshold met\n%s", code, k.output.String())
	}
}

func TestAnInterruptEndsTheRunWithItsSummary(t *testing.T) {
	sim := serve(t, backend.Config{})
	out := t.TempDir()
	k := startK6(t, `
		import { Fleet, writeResult } from 'k6/x/adobepass';
		const fleet = new Fleet({ target: '`+sim.URL()+`', devices: 5, launch: 'constant:100' });
		export const options = { scenarios: { all: { executor: 'per-vu-iterations', vus: 5, iterations: 1, maxDuration: '10m' } } };
		export default function () { const device = fleet.launch(); while (true) device.session(); }
		export function handleSummary(data) { return writeResult(data, { out: __ENV.OUT }); }`, "-e", "OUT="+out)
	k.waitUntil(t, func() bool { return ledgerOf(sim)["configuration 200"] > 0 })
	began := time.Now()
	if err := k.command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	code := k.wait(t)
	// k6 lets iterations run on for half a minute when they do not heed an interrupt.
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if code != 105 || !strings.Contains(k.output.String(), "adobepass_registrations") {
		t.Errorf("exit %d, want 105 and a summary\n%s", code, k.output.String())
	}
	doc := readResult(t, out)
	if doc.TokenReuse.Registrations == 0 {
		t.Error("the result is empty")
	}
	if !doc.Interrupted || doc.Verdict.ExitCode != result.ExitInterrupted {
		t.Errorf("the result does not say that the run was interrupted: %+v", doc.Verdict)
	}
}

func TestThreeInstancesAreOneFleet(t *testing.T) {
	const devices = 9999
	sim := serve(t, backend.Config{ThrottleOff: true})
	script := `
		import { Fleet, writeResult } from 'k6/x/adobepass';
		import exec from 'k6/execution';
		const fleet = new Fleet({ target: '` + sim.URL() + `', fleet: 'well-behaved', devices: 9999, seed: 7 });
		export const options = { scenarios: { once: { executor: 'per-vu-iterations', vus: 12, iterations: 1, maxDuration: '2m' } } };
		export default function () {
			// The VUs of the instance share its devices.
			const vus = exec.instance.vusInitialized;
			for (let i = fleet.shard.from + exec.vu.idInInstance - 1; i < fleet.shard.to; i += vus) fleet.at(i).call('configuration');
		}
		export function handleSummary(data) { return writeResult(data, { out: __ENV.OUT }); }`
	segments := []string{"0:1/3", "1/3:2/3", "2/3:1"}
	var runs []*k6Run
	var folders []string
	for _, s := range segments {
		folders = append(folders, t.TempDir())
		runs = append(runs, startK6(t, script, "-e", "OUT="+folders[len(folders)-1],
			"--execution-segment", s, "--execution-segment-sequence", "0,1/3,2/3,1"))
	}
	var documents []*result.Document
	for i, k := range runs {
		k.must(t)
		documents = append(documents, readResult(t, folders[i]))
	}
	seen := sim.LedgerByDevice()
	if len(seen) != devices {
		t.Errorf("the server saw %d devices, want %d", len(seen), devices)
	}
	for _, d := range seen {
		for _, e := range d.Endpoints {
			if e.Endpoint == "register" && e.Status["201"] != 1 {
				t.Errorf("device %s registered %d times: it lived on two instances", d.Device, e.Status["201"])
			}
		}
	}
	equalCounts(t, "three instances", countsOf(documents...), ledgerOf(sim))
}

func TestTheStatementIsRedacted(t *testing.T) {
	sim := serve(t, backend.Config{})
	secrets := filepath.Join(t.TempDir(), "secrets")
	if err := os.WriteFile(secrets, []byte("statement="+sim.SoftwareStatement()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	text := startK6(t, `
		import { Fleet, writeResult } from 'k6/x/adobepass';
		import secrets from 'k6/secrets';
		const fleet = new Fleet({ target: '`+sim.URL()+`', devices: 1, softwareStatement: { secret: 'statement' } });
		export const options = { vus: 1, iterations: 1, thresholds: { adobepass_calls: ['count==1'] } };
		export default async function () {
			console.log('statement: ' + (await secrets.get('statement')));
			fleet.next().call('configuration');
		}
		export function handleSummary(data) { return writeResult(data, { out: __ENV.OUT }); }`,
		"-e", "OUT="+out, "--secret-source=file="+secrets).must(t)
	written, err := os.ReadFile(filepath.Join(out, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text+string(written), sim.SoftwareStatement()) {
		t.Error("the statement is in the output or in the result")
	}
	if !strings.Contains(text, "statement: ***") {
		t.Errorf("the log does not show the redaction:\n%s", text)
	}
}

// hasty is a fleet that draws 429s, in sessions of a few seconds.
const hasty = `
profiles:
  - name: hasty
    extends: roku-v4
    network: {kind: own}
    behaviour:
      throttle: {reaction: hammer, wait: 200ms..300ms, retries: 20}
      poll: {every: 100ms, for: 1m}
      relaunch: {times: 0, after: 1s}
    session:
      - {do: configuration, think: 50ms..100ms}
      - {do: sessions.create, think: 50ms..100ms}
      - {do: authenticate, think: 50ms..100ms}
      - {do: profiles.code, think: 200ms..300ms}
      - {do: decisions.authorize, think: 50ms..100ms, times: 3, every: 100ms..200ms}
fleet:
  name: hasty
  title: Old apps in a hurry
  story: For tests.
  devices: 40
  duration: 1m
  launch: {shape: constant, rate: 40}
  members:
    - {profile: hasty, weight: 1}
`

// runStandalone drives the fleet with the other real-clock driver.
func runStandalone(t *testing.T, sim *server.Server, devices int, seed uint64) *result.Document {
	t.Helper()
	file, err := profiles.Parse("hasty", []byte(hasty))
	if err != nil {
		t.Fatal(err)
	}
	library := profiles.Builtin()
	if err := library.Add(file); err != nil {
		t.Fatal(err)
	}
	fleet, err := library.Fleet("hasty")
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := pace.Spec{Shape: pace.Constant, Rate: 40}.Schedule(devices, seed)
	if err != nil {
		t.Fatal(err)
	}
	client, err := wire.New(mustURL(t, sim.URL()), wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	r, err := run.New(run.Config{Fleet: fleet, Devices: devices, Seed: seed, Schedule: schedule,
		Duration: time.Minute, Statement: sim.SoftwareStatement(), Transport: client, Judge: 20})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	doc := &result.Document{}
	r.Fill(doc)
	return doc
}

func TestBothDriversDoTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("two runs in real time")
	}
	rules := backend.Config{LoginDelay: 100 * time.Millisecond, Throttle: mustLimits(t, "2:10")}
	first := serve(t, rules)
	alone := runStandalone(t, first, 40, 7)

	second := serve(t, rules)
	out := t.TempDir()
	startK6(t, `
		import { Fleet, writeResult } from 'k6/x/adobepass';
		const fleet = new Fleet({ target: '`+second.URL()+"', profiles: `"+hasty+"`"+`, seed: 7, launch: 'constant:40' });
		export const options = { scenarios: { all: { executor: 'per-vu-iterations', vus: 40, iterations: 1, maxDuration: '1m' } } };
		export default function () { const device = fleet.launch(); do { device.session(); } while (!device.done); }
		export function handleSummary(data) { return writeResult(data, { out: __ENV.OUT }); }`, "-e", "OUT="+out).must(t)
	inK6 := readResult(t, out)

	equalCounts(t, "k6", countsOf(inK6), ledgerOf(second))
	sameObligations(t, inK6, alone)
	// What a session achieves is its profile's doing. How often a device knocks in vain
	// until its bucket has refilled hangs on moments, and those on how busy the machine
	// is: on an idle one the 429s are less than 1 % apart, on a busy one anything.
	const busy = 8 // seconds; the bucket refills as fast as a slow machine asks
	quiet := alone.Load.DurationS < busy && inK6.Load.DurationS < busy
	if quiet && (inK6.Throttling.Responses == 0 || alone.Throttling.Responses == 0) {
		t.Errorf("429s: %d in k6, %d standalone: want some in both", inK6.Throttling.Responses, alone.Throttling.Responses)
	}
	for _, c := range []struct {
		what      string
		got, want uint64
	}{
		{"registrations", inK6.TokenReuse.Registrations, alone.TokenReuse.Registrations},
		{"tokens", inK6.TokenReuse.TokensIssued, alone.TokenReuse.TokensIssued},
		{"calls admitted", inK6.TokenReuse.Calls - throttledCalls(inK6), alone.TokenReuse.Calls - throttledCalls(alone)},
	} {
		t.Logf("%s: %d in k6, %d standalone", c.what, c.got, c.want)
		if c.got != c.want || c.want == 0 {
			t.Errorf("%s: %d in k6, %d standalone", c.what, c.got, c.want)
		}
	}
}

// throttledCalls counts the 429s of the protected API.
func throttledCalls(d *result.Document) (n uint64) {
	for _, e := range d.Endpoints {
		if e.Endpoint != "register" && e.Endpoint != "token" {
			n += e.Status["429"]
		}
	}
	return n
}

func TestNothingRunsOnWhenTheFleetIsClosed(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("run", func(t *testing.T) {
		s := newScript(t, nil, `const fleet = new Fleet({ devices: 20, fleet: "well-behaved" });`, lib.Options{})
		s.run(`for (let i = 0; i < 20; i++) fleet.next().call("configuration");
			for (let i = 0; i < 20; i++) fleet.next().callAsync("configuration");`)
	})
	eventually(t, "goroutines are left", func() bool { return runtime.NumGoroutine() <= before })
}

package nginxtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/throttle"
)

// page is the vendor's sample 429 body (throttling page).
const page = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n" +
	"<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n"

// start runs nginx in front of a server that answers everything with 200. Only
// on a developer's machine may nginx be missing.
func start(t *testing.T, args ...string) *Front {
	t.Helper()
	if !Installed() && os.Getenv("CI") == "" {
		t.Skip(ErrMissing)
	}
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
	t.Cleanup(up.Close)
	f, err := Start(t.Context(), strings.TrimPrefix(up.URL, "http://"), t.TempDir(), args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Stop(); err != nil {
			t.Errorf("nginx did not end cleanly: %v", err)
		}
	})
	return f
}

func send(t *testing.T, f *Front, path, device string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+f.Addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if device != "" {
		req.Header.Set("X-Forwarded-For", device)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// maxLate is how late a row may be sent and answered: the table leaves a tenth of
// a second. A machine that is busy with other tests gets maxAttempts to keep to it.
const (
	maxLate     = 90 * time.Millisecond
	maxAttempts = 3
)

func TestNginxFollowsThePublishedTimetable(t *testing.T) {
	tables := []struct {
		name  string
		burst int
		rows  []throttle.Row
	}{
		{"17 rows with burst 10", 10, throttle.Timetable()},
		{"9 rows with burst 3", 3, throttle.TimetableBurst3()},
	}
	for _, table := range tables {
		t.Run(table.name, func(t *testing.T) {
			t.Parallel()
			f := start(t, "--burst", strconv.Itoa(table.burst))
			for attempt := range maxAttempts {
				knocks := replay(t, f, fmt.Sprintf("192.0.2.%d", attempt+1), table.rows)
				// Whenever they came, nginx decides as documented.
				followsTheLimit(t, knocks, table.burst)
				if late := lateness(knocks, table.rows); late > maxLate {
					t.Logf("attempt %d: this machine was %v late", attempt+1, late)
					continue
				}
				for i, row := range table.rows {
					if knocks[i].admitted != row.Admitted {
						t.Errorf("at %v: admitted %v, published %v", row.Offset, knocks[i].admitted, row.Admitted)
					}
				}
				return
			}
			t.Log("never on time: decisions were held to the documented limit at the moments they were made, not to the table's")
		})
	}
}

// knock is a request to nginx: decided at some moment between the two, as times
// since the first.
type knock struct {
	sent, answered time.Duration
	admitted       bool
}

// replay sends rows in real time.
func replay(t *testing.T, f *Front, device string, rows []throttle.Row) []knock {
	t.Helper()
	send(t, f, "/_sim/ledger", device) // opens the connection
	var knocks []knock
	start := time.Now()
	for _, row := range rows {
		<-time.After(time.Until(start.Add(row.Offset)))
		k := knock{sent: time.Since(start)}
		status, _ := send(t, f, "/api/v2/REF30/configuration", device)
		k.answered, k.admitted = time.Since(start), status == http.StatusOK
		knocks = append(knocks, k)
	}
	return knocks
}

// lateness is by how much the latest request missed its moment.
func lateness(knocks []knock, rows []throttle.Row) (late time.Duration) {
	for i, k := range knocks {
		late = max(late, k.answered-rows[i].Offset)
	}
	return late
}

// followsTheLimit holds the decisions to one request a second with a burst: each
// request that is admitted adds one to a debt, which falls by one a second, and
// would not be admitted where the debt is above the burst before. The moments are
// known as ranges, and so is the debt; where both decisions are possible, either
// will do.
func followsTheLimit(t *testing.T, knocks []knock, burst int) {
	t.Helper()
	const tick = 2 * time.Millisecond // nginx reads its clock by the millisecond
	most := time.Duration(burst) * time.Second
	var least, greatest time.Duration // the debt, in seconds of the rate
	var last knock
	for i, k := range knocks {
		low := max(0, least-max(0, k.answered-last.sent)-tick)
		high := max(0, greatest-max(0, k.sent-last.answered)+tick)
		if k.admitted && low > most || !k.admitted && high <= most {
			t.Errorf("request %d, sent after %v and answered after %v: admitted %v, with a debt of %v to %v and a burst of %d",
				i+1, k.sent, k.answered, k.admitted, low, high, burst)
		}
		if k.admitted {
			least, greatest, last = low+time.Second, min(high, most)+time.Second, k
		}
	}
}

func TestNginxThrottlesByDeviceOnTheDocumentedPathsOnly(t *testing.T) {
	f := start(t, "--rate", "1r/m", "--burst", "2")
	burst := func(path, device string) (refused int) {
		for range 5 {
			status, body := send(t, f, path, device)
			if status == http.StatusTooManyRequests {
				refused++
				if body != page {
					t.Errorf("body of the 429 is %q, want %q", body, page)
				}
			}
		}
		return refused
	}
	for _, c := range []struct {
		path, device string
		want         int
	}{
		{"/o/client/register", "192.0.2.1", 2},
		{"/o/client/token?x=1", "192.0.2.1", 5}, // the same bucket, already empty
		{"/o/client/token", "192.0.2.2", 2},
		{"/api/v2/REF30/profiles", "192.0.2.3, 198.51.100.1", 2}, // the first address counts
		{"/api/v2/REF30/profiles", "192.0.2.3", 5},
		{"/reggie/v1/REF30/regcode", "192.0.2.4", 2},
		{"/reggie/v1/REF30/regcodes", "192.0.2.5", 0},
		{"/api/v1/authenticate", "192.0.2.6", 0}, // listed with its slash only
		{"/_sim/ledger", "192.0.2.7", 0},
		{"/elsewhere", "192.0.2.8", 0},
		{"/o/client/scopes", "", 2}, // by the peer's address
	} {
		if got := burst(c.path, c.device); got != c.want {
			t.Errorf("%s from %q: %d of 5 refused, want %d", c.path, c.device, got, c.want)
		}
	}
	// nginx logs a request after it has answered it: only its end is the end of
	// the log.
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	log, err := os.Open(f.AccessLog)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	counts, err := Count(log)
	if err != nil {
		t.Fatal(err)
	}
	want := Counts{
		"register": {"200": 3, "429": 2}, "token": {"200": 3, "429": 7},
		"profiles.list": {"200": 3, "429": 7}, "unknown": {"200": 5*3 + 3 + 3, "429": 4},
	}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("counts of the access log (-want +got):\n%s", diff)
	}
}

func TestNginxAndTheModelThrottleTheSamePaths(t *testing.T) {
	f := start(t, "--rate", "1r/m", "--burst", "0")
	var paths []string
	for _, p := range throttle.Paths() {
		sample := strings.ReplaceAll(p.Pattern, ".+", "x")
		paths = append(paths, sample, sample+"z", sample+"/z", strings.TrimSuffix(sample, "/"))
	}
	for i, path := range paths {
		device := fmt.Sprintf("198.51.100.%d", i)
		send(t, f, path, device)
		status, _ := send(t, f, path, device)
		if got, want := status == http.StatusTooManyRequests, throttle.Throttled(path); got != want {
			t.Errorf("%s: nginx throttles it: %v, the model: %v", path, got, want)
		}
	}
}

func TestCountRefusesALineThatIsNoJSON(t *testing.T) {
	_, err := Count(strings.NewReader(`{"method":"GET","path":"/x","status":200}` + "\nnonsense\n"))
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v, want one that names line 2", err)
	}
}

func TestStartSaysWhatNginxSaid(t *testing.T) {
	if !Installed() {
		t.Skip(ErrMissing)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := Start(ctx, "127.0.0.1:1", t.TempDir(), "--burst", "many")
	if err == nil || !strings.Contains(err.Error(), `burst "many"`) {
		t.Errorf("error %v, want what the script said", err)
	}
}

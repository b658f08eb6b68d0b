package vault_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/vault"
)

var digest = [32]byte{1, 2, 3}

const target = "https://api.example.com"

func open(t testing.TB, path string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(path, vault.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func entry(device string) vault.Entry {
	return vault.Entry{
		ClientID: "id-" + device, ClientSecret: "secret-" + device, AccessToken: "token-" + device,
		TokenIssued: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), TokenExpires: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC),
	}
}

func put(t testing.TB, s *vault.Space, devices ...string) {
	t.Helper()
	for _, device := range devices {
		if err := s.Put(context.Background(), device, entry(device)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatWasPutIsThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "vault.db")
	v := open(t, path)
	s := v.Namespace(target, digest)
	if _, ok, err := s.Load("d1"); ok || err != nil {
		t.Errorf("an empty vault has d1: %v, error %v", ok, err)
	}
	put(t, s, "d1", "d2")
	changed := entry("d1")
	changed.AccessToken = "newer"
	if err := s.PutAsync("d1", changed); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}

	s = open(t, path).Namespace(target, digest)
	for device, want := range map[string]vault.Entry{"d1": changed, "d2": entry("d2")} {
		got, ok, err := s.Load(device)
		if err != nil || !ok || got != want {
			t.Errorf("%s: found %v, equal %v, error %v", device, ok, got == want, err)
		}
	}
	if _, ok, err := s.Load("d3"); ok || err != nil {
		t.Errorf("d3 is there: %v, error %v", ok, err)
	}
}

func TestSpacesAreApart(t *testing.T) {
	v := open(t, filepath.Join(t.TempDir(), "vault.db"))
	put(t, v.Namespace(target, digest), "d1")
	for name, tc := range map[string]struct {
		target string
		digest [32]byte
		same   bool
	}{
		"the same":                 {target, digest, true},
		"another statement":        {target, [32]byte{9}, false},
		"another host":             {"https://api.example.org", digest, false},
		"another scheme":           {"http://api.example.com", digest, false},
		"another port":             {"https://api.example.com:8443", digest, false},
		"another path":             {target + "/x", digest, false},
		"a slash at the end":       {target + "/", digest, true},
		"capitals":                 {"HTTPS://API.example.COM", digest, true},
		"the default port spelt":   {"https://api.example.com:443", digest, true},
		"something that is no URL": {"::", digest, false},
	} {
		_, ok, err := v.Namespace(tc.target, tc.digest).Load("d1")
		if err != nil || ok != tc.same {
			t.Errorf("%s: found %v, error %v; want %v", name, ok, err, tc.same)
		}
	}
}

func TestEachVisitsTheWholeFleetInOrder(t *testing.T) {
	v := open(t, filepath.Join(t.TempDir(), "vault.db"))
	s := v.Namespace(target, digest)
	const fleet = 2*1024 + 1 // more than two transactions, and not a whole number
	want := make([]string, fleet)
	for i := range want {
		want[i] = fmt.Sprintf("device-%05d", i)
		if err := s.PutAsync(want[i], entry(want[i])); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, "a-last-one")
	put(t, v.Namespace(target, [32]byte{9}), "somebody-else")
	want = append([]string{"a-last-one"}, want...)

	var got []string
	err := s.Each(func(device string, e vault.Entry) error {
		got = append(got, device)
		if e != entry(device) {
			t.Errorf("%s has another's entry", device)
		}
		if len(got) == 1 { // the callback may write
			return s.Put(context.Background(), device, e)
		}
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("visited %d devices, error %v; want %d in order", len(got), err, len(want))
	}

	stop := errors.New("stop")
	visited := 0
	if err := s.Each(func(string, vault.Entry) error { visited++; return stop }); err != stop || visited != 1 {
		t.Errorf("after an error: %d visits, error %v", visited, err)
	}
	if err := v.Namespace("https://empty.example", digest).Each(func(string, vault.Entry) error { return stop }); err != nil {
		t.Errorf("an empty space: %v", err)
	}
}

func TestAPanicOfTheCallersFunctionIsNotTakenForDamage(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "vault.db")).Namespace(target, digest)
	put(t, s, "d1")
	defer func() {
		if recover() != "mine" {
			t.Error("the panic did not come through")
		}
	}()
	_ = s.Each(func(string, vault.Entry) error { panic("mine") })
}

func TestAfterCloseEverythingSaysSo(t *testing.T) {
	v := open(t, filepath.Join(t.TempDir(), "vault.db"))
	s := v.Namespace(target, digest)
	put(t, s, "d1")
	for range 2 {
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, _, loadErr := s.Load("d1")
	for name, err := range map[string]error{
		"Put":      s.Put(context.Background(), "d1", entry("d1")),
		"PutAsync": s.PutAsync("d1", entry("d1")),
		"Load":     loadErr,
		"Each":     s.Each(func(string, vault.Entry) error { return nil }),
	} {
		if !errors.Is(err, vault.ErrClosed) {
			t.Errorf("%s: %v, want ErrClosed", name, err)
		}
	}
}

func TestPutRefusesWhatItCannotStore(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "vault.db")).Namespace(target, digest)
	long := entry("d")
	long.ClientSecret = strings.Repeat("hunter2", 1<<18)
	for name, err := range map[string]error{
		"no device":          s.Put(context.Background(), "", entry("d")),
		"an endless device":  s.Put(context.Background(), strings.Repeat("d", 1025), entry("d")),
		"an endless secret":  s.Put(context.Background(), "d", long),
		"also when deferred": s.PutAsync("", entry("d")),
	} {
		if err == nil {
			t.Errorf("%s is stored", name)
		} else if len(err.Error()) > 200 || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error quotes what it refuses", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Put(ctx, "d", entry("d")); !errors.Is(err, context.Canceled) {
		t.Errorf("Put with an ended context: %v", err)
	}
}

func TestConcurrentUseAndClose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault.db")
	v := open(t, path)
	s := v.Namespace(target, digest)
	var stored sync.Map
	var wg sync.WaitGroup
	closing := make(chan struct{})
	for g := range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				device := fmt.Sprintf("d-%d-%d", g, i)
				switch err := s.Put(context.Background(), device, entry(device)); {
				case errors.Is(err, vault.ErrClosed):
					return
				case err != nil:
					t.Error(err)
					return
				}
				stored.Store(device, true)
				if _, ok, err := s.Load(device); (err != nil || !ok) && !errors.Is(err, vault.ErrClosed) {
					t.Errorf("%s is not there after Put, error %v", device, err)
				}
				if err := s.PutAsync(device, entry(device)); err != nil && !errors.Is(err, vault.ErrClosed) {
					t.Error(err)
				}
				if g == 0 && i == 20 {
					close(closing)
				}
			}
		})
	}
	<-closing
	for range 3 {
		wg.Go(func() {
			if err := v.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()

	s = open(t, path).Namespace(target, digest)
	stored.Range(func(device, _ any) bool {
		if got, ok, err := s.Load(device.(string)); err != nil || !ok || got != entry(device.(string)) {
			t.Errorf("%v was acknowledged and is lost", device)
		}
		return true
	})
}

func TestConcurrentPutsShareTheirCommits(t *testing.T) {
	v := open(t, filepath.Join(t.TempDir(), "vault.db"))
	s := v.Namespace(target, digest)
	const putters, each = 64, 30
	var wg sync.WaitGroup
	for g := range putters {
		wg.Go(func() {
			for i := range each {
				put(t, s, fmt.Sprintf("d-%d-%d", g, i))
			}
		})
	}
	wg.Wait()
	got := v.Stats()
	t.Logf("%d entries in %d commits", got.Entries, got.Commits)
	if got.Entries != putters*each || got.Commits*10 > got.Entries {
		t.Errorf("%d entries in %d commits, want %d in a tenth of that at most", got.Entries, got.Commits, putters*each)
	}
}

func BenchmarkPut(b *testing.B) {
	for _, putters := range []int{1, 64} {
		b.Run(fmt.Sprintf("putters=%d", putters), func(b *testing.B) {
			v := open(b, filepath.Join(b.TempDir(), "vault.db"))
			s := v.Namespace(target, digest)
			var wg sync.WaitGroup
			for g := range putters {
				wg.Go(func() {
					for i := g; i < b.N; i += putters {
						put(b, s, fmt.Sprintf("device-%08d", i))
					}
				})
			}
			wg.Wait()
			if commits := v.Stats().Commits; commits > 0 {
				b.ReportMetric(float64(b.N)/float64(commits), "entries/commit")
			}
		})
	}
}

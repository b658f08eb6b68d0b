package backend

import (
	"fmt"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

func TestMemoryFollowsTrafficNotHistory(t *testing.T) {
	cfg := Config{TokenTTL: time.Minute, SessionTTL: time.Minute, ProfileTTL: time.Minute, TempPassTTL: time.Minute, LoginDelay: -1}
	r := newThrottledRig(t, cfg)
	const perMinute, minutes = 60, 20
	for i := range perMinute * minutes {
		r.now = epoch.Add(time.Duration(i) * time.Second)
		r.id.ForwardedFor = fmt.Sprintf("192.0.%d.%d", 2+i/250, i%250)
		r.signOn("app").signIn("Cox")
	}
	clients, tokens, sessions, profiles, keys := r.s.Held()
	if clients != perMinute*minutes {
		t.Errorf("%d clients, want all %d: credentials have no end", clients, perMinute*minutes)
	}
	if tokens > 2*perMinute+1 || sessions > 4*perMinute+1 || profiles > 4*perMinute+1 || keys > 50 {
		t.Errorf("%d tokens, %d sessions, %d profiles, %d keys for %d a minute", tokens, sessions, profiles, keys, perMinute)
	}
	r.now = r.now.Add(time.Hour)
	r.send(api.HTTPRequest{Method: "GET", Target: "/"})
	if _, tokens, sessions, profiles, _ = r.s.Held(); tokens+sessions+profiles != 0 {
		t.Errorf("an hour later: %d tokens, %d sessions, %d profiles", tokens, sessions, profiles)
	}
}

func TestGenerations(t *testing.T) {
	g := newGenerations[string, int](time.Minute)
	g.advance(epoch)
	g.put("a", 1)
	g.advance(epoch.Add(time.Minute))
	g.update("a", 2)
	g.put("b", 3)
	if a, _ := g.get("a"); a != 2 || g.len() != 2 {
		t.Errorf("a = %d of %d", a, g.len())
	}
	g.advance(epoch.Add(2 * time.Minute))
	if _, ok := g.get("a"); ok {
		t.Error("a is still there: an update must not prolong it")
	}
	g.put("b", 4)
	if b, _ := g.get("b"); b != 4 || g.len() != 1 {
		t.Errorf("b = %d of %d", b, g.len())
	}
	g.delete("b")
	if g.len() != 0 {
		t.Error("b is still there")
	}
	g.put("c", 5)
	g.advance(epoch.Add(time.Hour))
	if g.len() != 0 {
		t.Error("something outlived an hour")
	}
}

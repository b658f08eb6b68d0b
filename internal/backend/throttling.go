package backend

import (
	"net/netip"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// throttler is one table of buckets over all throttled paths.
type throttler struct {
	off     bool
	table   *throttle.Table[string]
	shared  bool
	prolong time.Duration
	pause   time.Duration
	// blocked is until when a key that was refused stays refused; only the faults
	// that have penalties use it, of which only prolong counts from each refusal.
	blocked generations[string, time.Time]
}

func newThrottler(cfg *Config, faults faultSet) throttler {
	limits := cfg.Throttle
	if limits == (throttle.Limits{}) {
		limits = throttle.DocumentedLimits
	}
	if faults.has(thrBurst) {
		limits.Burst /= 3
	}
	if faults.has(thrRate) {
		limits.Rate *= 2
	}
	t := throttler{off: cfg.ThrottleOff || faults.has(thrLimits), shared: faults.has(thrKeyIsolation)}
	if faults.has(thrRejectedFree) {
		t.prolong = time.Duration(2 / limits.Rate * float64(time.Second))
		t.blocked = newGenerations[string, time.Time](t.prolong)
	}
	if faults.has(thrMinWait) && t.prolong == 0 {
		t.pause = time.Duration(3 / limits.Rate * float64(time.Second))
		t.blocked = newGenerations[string, time.Time](t.pause)
	}
	if !t.off {
		t.table = throttle.NewTable[string](limits)
	}
	return t
}

// allow decides about one request and counts it if admitted: refused ones are
// free, as the published timetable shows.
func (t *throttler) allow(key string, now time.Time) bool {
	if t.off {
		return true
	}
	if t.shared {
		key = ""
	}
	if t.prolong == 0 && t.pause == 0 {
		return t.table.Allow(key, now)
	}
	t.blocked.advance(now)
	until, ok := t.blocked.get(key)
	blocked := ok && now.Before(until)
	if !blocked && t.table.Allow(key, now) {
		return true
	}
	if !blocked || t.prolong > 0 {
		t.blocked.put(key, now.Add(max(t.prolong, t.pause)))
	}
	return false
}

func (t *throttler) len() int {
	if t.table == nil {
		return 0
	}
	return t.table.Len()
}

// throttleKey is whose bucket the request is charged to.
func (s *Service) throttleKey(c *call) string {
	if s.faults.has(thrScope) {
		return c.address + " " + c.in.Path()
	}
	if s.cfg.ThrottleKey == KeyDeviceIdentifier || s.faults.has(thrKey) {
		if device := c.in.Header.Get("AP-Device-Identifier"); device != "" {
			return device
		}
		return c.in.Peer
	}
	return c.address
}

// address is the client's address: the left-most, or right-most, entry of
// X-Forwarded-For that is one, else the peer. One address in several
// spellings is one address.
func (s *Service) address(in *api.HTTPRequest) string {
	last := s.cfg.ThrottleKey == KeyLastForwarded
	found := ""
	for i := range in.Header {
		if !strings.EqualFold(in.Header[i].Name, "X-Forwarded-For") {
			continue
		}
		for entry := range strings.SplitSeq(in.Header[i].Value, ",") {
			address, ok := canonicalAddress(strings.Trim(entry, " \t"))
			if !ok {
				continue
			}
			if !last {
				return address
			}
			found = address
		}
	}
	if found == "" {
		return in.Peer
	}
	return found
}

func canonicalAddress(s string) (string, bool) {
	address, err := netip.ParseAddr(s)
	if err != nil {
		return "", false
	}
	if address.Is4() {
		return s, true
	}
	return address.Unmap().WithZone("").String(), true
}

// tooManyPage is the stock page of the server that the vendor runs: 166 bytes,
// its line ends CRLF (throttling page).
const tooManyPage = "<html>\r\n" +
	"<head><title>429 Too Many Requests</title></head>\r\n" +
	"<body>\r\n" +
	"<center><h1>429 Too Many Requests</h1></center>\r\n" +
	"<hr><center>openresty</center>\r\n" +
	"</body>\r\n" +
	"</html>\r\n"

// tooMany answers 429 as the sample on the throttling page does: HTML, and no
// Retry-After.
func (s *Service) tooMany(c *call) {
	c.out.Status = 429
	if s.faults.has(thrStatus) {
		c.out.Status = 503
	}
	c.out.Header = append(c.out.Header,
		api.Field{Name: "Content-Type", Value: "text/html"},
		api.Field{Name: "Server", Value: "openresty"})
	switch {
	case s.faults.has(thrRetryAfterSyntax):
		c.out.Header = append(c.out.Header, api.Field{Name: "Retry-After", Value: "soon"})
	case s.faults.has(thrRetryAfterHonest):
		c.out.Header = append(c.out.Header, api.Field{Name: "Retry-After", Value: "1000"})
	}
	if s.faults.has(thrNotCached) {
		c.out.Header = append(c.out.Header, api.Field{Name: "Cache-Control", Value: "public, max-age=60"})
	}
	if s.faults.has(thrExplains) {
		return
	}
	c.out.Body = append(c.out.Body, tooManyPage...)
}

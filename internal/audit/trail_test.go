package audit

import (
	"slices"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

// as makes a step one of another device.
func as(name string, s step) step {
	s.id = box(name)
	s.id.DeviceInfo = api.DeviceInfo{{Key: "model", Value: name}, {Key: "osName", Value: "Linux"}}.Encode()
	return s
}

func requestsOf(t *Trail) []uint64 {
	var list []uint64
	for _, d := range t.Devices() {
		list = append(list, d.Requests())
	}
	return list
}

func TestExchangesFindTheirDevices(t *testing.T) {
	moved := func(s step, address string) step { return s.spoiled(set("X-Forwarded-For", address)) }
	for _, tt := range []struct {
		name   string
		do     []step
		want   []uint64
		broken []string
	}{
		{"one device", start(list(2, "T")), []uint64{3}, nil},
		{"two devices of one kind, interleaved", []step{
			register(0, "c"), as("two", register(0.1, "d")), fetch(1, "c", "T", 3600), as("two", fetch(1.1, "d", "U", 3600)),
			list(2, "T"), as("two", list(2.1, "U")), list(9, "T"),
		}, []uint64{4, 3}, nil},
		{"two devices that look alike behind one address", []step{
			register(0, "c"), fetch(1, "c", "T", 3600), list(2, "T"),
			register(10, "d"), fetch(11, "d", "U", 3600), list(12, "U").with(func(s *step) { s.id.DeviceIdentifier = api.DeviceIdentifier("two") }),
		}, []uint64{3, 3}, nil},
		{"a device that changes its token", start(list(2, "T"), fetch(3500, "c", "U", 3600), list(3501, "U"), fetch(7000, "c", "V", 3600), list(7001, "V")), []uint64{7}, nil},
		{"a device that changes its address", start(moved(list(2, "T"), "203.0.113.1"), moved(list(5, "T"), "203.0.113.2"), moved(fetch(3500, "c", "U", 3600), "203.0.113.3"), list(3502, "U")), []uint64{6}, nil},
		{"a device that registers again", start(list(2, "T"), register(10, "d"), fetch(11, "d", "U", 3600), list(12, "U")), []uint64{6}, []string{"DCR-02", "DCR-06"}},
		{"a registration that nothing follows", start(list(2, "T"), register(10, "d")), []uint64{4}, []string{"DCR-02"}},
		{"a registration among two devices that look alike", []step{
			register(0, "c"), fetch(1, "c", "T", 3600), list(2, "T"),
			register(10, "d"), fetch(11, "d", "U", 3600), list(12, "U").with(func(s *step) { s.id.DeviceIdentifier = api.DeviceIdentifier("two") }),
			register(20, "e"),
		}, []uint64{3, 3, 1}, nil},
		{"refused tries belong to what follows them", []step{
			refused(register(0, "c"), 429, "<html>"), register(2, "c"), refused(fetch(3, "c", "T", 1), 429, "<html>"), fetch(5, "c", "T", 3600), list(7, "T"),
		}, []uint64{5}, nil},
		{"credentials that are refused at once, and the next ones", []step{
			register(0, "c"), refused(fetch(1, "c", "", 1), 400, `{"error":"invalid_client"}`), register(2, "d"), fetch(3, "d", "U", 3600), list(5, "U"),
		}, []uint64{5}, nil},
		{"a recording that begins with a call", []step{list(0, "T"), list(4, "T"), fetch(8, "c", "U", 3600), list(9, "U")}, []uint64{4}, nil},
		{"calls without an identifier wait for one with it", start(call(2, api.OpConfiguration, "T"), list(4, "T")), []uint64{4}, nil},
		{"a client that never names its device", []step{
			register(0, "c").spoiled(drop("AP-Device-Identifier")), fetch(1, "c", "T", 3600), list(2, "T").spoiled(drop("AP-Device-Identifier")),
		}, []uint64{3}, []string{"HDR-02"}},
		{"a recording without the bodies of answers", []step{
			refused(register(0, "c"), 201, ""), refused(fetch(1, "c", "T", 3600), 201, ""), list(2, "T"), list(8, "T"),
		}, []uint64{4}, nil},
		{"an order by the end of the exchanges", []step{fetch(1, "c", "T", 3600), list(2, "T"), register(0, "c")}, []uint64{3}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trail := heard(Options{}, tt.do...)
			if got := requestsOf(trail); !slices.Equal(got, tt.want) || trail.Ignored != 0 {
				t.Errorf("the devices have %v exchanges and %d have none, want %v and 0", got, trail.Ignored, tt.want)
			}
			if got := allBroken(trail); !slices.Equal(got, tt.broken) {
				t.Errorf("broken: %v, want %v", got, tt.broken)
			}
		})
	}
}

// secondScreen is a phone that checks the code C and opens the login page.
func secondScreen(check ...step) []step {
	phone := []step{as("phone", register(3, "p")), as("phone", fetch(4, "p", "P", 3600)), as("phone", list(4.5, "P"))}
	for i := range phone {
		phone[i].req.SoftwareStatement = ""
		if phone[i].req.Op == api.OpRegister {
			phone[i].req.SoftwareStatement = "p.p.p"
		}
	}
	phone[2].body = pending
	return join(start(codeShown(2)), phone, check, []step{call(8, api.OpAuthenticate, ""), poll(9, pending), call(13, api.OpProfilesCode, "T"), call(15, api.OpAuthorize, "T")})
}

func TestASecondScreenIsADeviceOfItsOwn(t *testing.T) {
	resume := as("phone", call(6, api.OpSessionsResume, "P"))
	trail := heard(Options{}, secondScreen(resume)...)
	if got, want := requestsOf(trail), []uint64{6, 5}; !slices.Equal(got, want) {
		t.Errorf("the devices have %v exchanges, want %v: the browser's call belongs to the phone", got, want)
	}
	if got := allBroken(trail); len(got) > 0 {
		t.Errorf("broken: %v, want none", got)
	}
	for _, id := range []string{"AUT-02", "AUT-04", "POL-02", "POL-04"} {
		check(t, trail, id, Kept)
	}
}

func TestACodeThatTheServiceRefusedIsNotChecked(t *testing.T) {
	resume := refused(as("phone", call(6, api.OpSessionsResume, "P")), 400, `{"action":"none","status":400,"code":"invalid_parameter_code"}`)
	trail := heard(Options{}, secondScreen(resume)...)
	check(t, trail, "AUT-04", Broken)
}

func TestAnAnswerThatHasNotArrivedIsNotKnown(t *testing.T) {
	slow := call(2, api.OpProfilesCode, "T")
	slow.took = 5
	trail := heard(Options{}, start(call(1.5, api.OpSessionsCreate, "T"), slow, poll(6, pending))...)
	check(t, trail, "POL-04", NotObserved)
}

func TestATrailIsBounded(t *testing.T) {
	trail := NewTrail(Options{}, -1)
	const clients = MaxDevices + 50
	for i := range clients {
		s := list(float64(i), "T"+string(rune('a'+i%26))+string(rune(0x4e00+i)))
		s.id.DeviceIdentifier = api.DeviceIdentifier(string(rune(0x4e00 + i)))
		trail.Observe(s.exchange(uint64(i+1)), Setting{})
	}
	if n := len(trail.Finish()); n != MaxDevices || trail.Overflow != 50 {
		t.Errorf("%d devices and %d exchanges beyond, want %d and 50", n, trail.Overflow, MaxDevices)
	}
	d := NewDevice(&Options{})
	for i := range 20_000 {
		s := fetch(float64(i), "c", "T"+string(rune(0x4e00+i%20000)), 3600)
		s.took = 100_000
		d.Observe(s.exchange(uint64(i+1)), Setting{})
	}
	if len(d.pending) > maxInFlight || len(d.breaches) > int(numRules)*DefaultMaxBreaches {
		t.Errorf("a device holds %d answers and %d breaches", len(d.pending), len(d.breaches))
	}
}

func TestAPrivateRecentForgetsTheOldest(t *testing.T) {
	r := newRecent[int, int](4)
	for i := range 100 {
		r.put(i, i)
		r.get(0) // stays, because it is asked for
	}
	if _, ok := r.get(0); !ok || len(r.now)+len(r.old) > 10 {
		t.Errorf("0 is there: %v; %d entries are kept", ok, len(r.now)+len(r.old))
	}
	if _, ok := r.get(50); ok {
		t.Error("50 is still there")
	}
}

package result

import (
	"strings"
	"testing"
)

// crowd is a fleet of three profiles without any traffic worth a note.
func crowd() *Document {
	return &Document{
		Fleet: Fleet{Name: "f", Devices: 300, Profiles: []FleetProfile{
			{Name: "apple-tv", Devices: 200, ForwardsAddress: true, DevicesPerAddress: 1},
			{Name: "roku-v4", Devices: 29, ForwardsAddress: true, DevicesPerAddress: 1},
			{Name: "laptop", Devices: 71, ForwardsAddress: true, DevicesPerAddress: 3},
		}},
		Load:     Load{Sent: 1000, Completed: 1000},
		Profiles: []Profile{{Name: "apple-tv", Devices: 200}, {Name: "roku-v4", Devices: 29}, {Name: "laptop", Devices: 71}},
	}
}

func TestNotes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Document)
		want   []string
	}{
		{"nothing to say", func(*Document) {}, nil},
		{"old apps on addresses of their own cause their 429s", func(d *Document) {
			d.Throttling = Throttling{Responses: 100, Predicted: 100}
			d.Profiles[1].Throttling = Throttling{Responses: 78, SelfInflicted: 78, RetriedEarly: 5}
			d.Profiles[1].TokenReuse = TokenReuse{ReRegistrationsUnjustified: 29, RedundantTokenRequests: 1}
			d.TokenReuse = d.Profiles[1].TokenReuse
			d.Profiles[2].Throttling = Throttling{Responses: 22, Predicted: 22}
		}, []string{
			"29 of 300 devices (9.7 %) run roku-v4: they registered again 29 times without need, asked 1 time for a token while they held a live one, sent 5 requests less than a second after a 429 and caused 78 % of the 100 429s.",
			"22 of the 100 429s (22 %) went to devices that did nothing wrong but share their address, and so their bucket, with others: laptop (3 devices to an address).",
			"Needless registrations and token requests are 30 of the 1,000 requests (3 %); kept credentials and tokens would spare them.",
		}},
		{"on a shared address a device may pay for its neighbours", func(d *Document) {
			d.Throttling = Throttling{Responses: 10, Predicted: 10}
			d.Profiles[2].Throttling = Throttling{Responses: 10, RetriedEarly: 1, SelfInflicted: 7}
		}, []string{"71 of 300 devices (24 %) run laptop: they sent 1 request less than a second after a 429 and drew 100 % of the 10 429s, 70 % by their own traffic alone."}},
		{"no forwarded address", func(d *Document) {
			d.Fleet.Profiles[0].ForwardsAddress = false
			d.Throttling = Throttling{Responses: 900, Predicted: 900}
			d.Profiles[0].Throttling = Throttling{Responses: 900}
		}, []string{"All 900 429s went to apple-tv, which sends no X-Forwarded-For: every device shares one address and with it one bucket, so its 200 devices are throttled as if they were one."}},
		{"plain traffic that is too much", func(d *Document) {
			d.Throttling = Throttling{Responses: 1, Predicted: 1}
			d.Profiles[0].Throttling = Throttling{Responses: 1, Predicted: 1}
		}, []string{"The only 429 went to devices with an address of their own and no fault but their pace: apple-tv."}},
		{"a target that does not throttle", func(d *Document) { d.Throttling.Predicted = 12 },
			[]string{"The target refused nothing, though the documented limit would have refused 12 requests: it does not throttle, or by another key."}},
		{"a target that is stricter than documented", func(d *Document) {
			d.Throttling = Throttling{Responses: 112, Predicted: 100}
		}, []string{"The target refused 112 requests where the documented limit would have refused 100: it is stricter than documented, or it still counted requests from before this run."}},
		{"a target that is laxer than documented", func(d *Document) {
			d.Throttling = Throttling{Responses: 50, Predicted: 100}
		}, []string{"The target refused 50 requests where the documented limit would have refused 100: it is laxer than documented."}},
		{"a target that throttles without reason", func(d *Document) { d.Throttling.Responses = 3 },
			[]string{"The target refused 3 requests, though the documented limit would have refused none: it is stricter than documented, or sees another address than was sent."}},
		{"refusals that the documented limit does not explain are nobody's neighbours'", func(d *Document) {
			d.Throttling = Throttling{Responses: 40, Predicted: 4}
			d.Profiles[2].Throttling = Throttling{Responses: 40, Predicted: 4}
		}, []string{
			"4 of the 40 429s (10 %) went to devices that did nothing wrong but share their address, and so their bucket, with others: laptop (3 devices to an address).",
			"The target refused 40 requests where the documented limit would have refused 4: it is stricter than documented, or it still counted requests from before this run.",
		}},
		{"server errors", func(d *Document) {
			d.Endpoints = []Endpoint{{Status: map[string]uint64{"200": 800, "500": 150}}, {Status: map[string]uint64{"503": 50}}}
		}, []string{"200 of 1,000 answers (20 %) had a 5xx status."}},
		{"a fleet that was not launched whole, and a ceiling", func(d *Document) {
			d.Load.Scheduled, d.Load.HeldBack = 80, 7
		}, []string{
			"The ceiling on the request rate still held back 7 devices when the run ended: the fleet wanted more than it was let.",
			"Only 80 of 300 devices were launched before the end; shares of devices are of the whole fleet.",
		}},
		{"expired tokens", func(d *Document) {
			d.TokenReuse.ExpiredTokenUses, d.Profiles[1].TokenReuse.ExpiredTokenUses = 2, 2
		}, []string{"2 calls used a token after its end (roku-v4)."}},
		{"errors, lateness and what is left out", func(d *Document) {
			d.Load.Errors, d.Load.LatenessUS.P99, d.Load.WarmUpExcluded, d.Compliance.Overflow = 5, 35_400, 1, 2
			d.Endpoints = []Endpoint{{Errors: map[string]uint64{"timeout": 2, "reset": 3}}}
		}, []string{
			"5 of 1,000 requests (0.5 %) got no answer: 3 reset, 2 timeout.",
			"The generator was late: 1 % of the requests left more than 35.4 ms after their time, and latencies, which count from that time, contain it.",
			"1 request of the warm-up is in no figure.",
			"2 findings are counted but not listed, for there were too many different ones.",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := crowd()
			tt.change(doc)
			if got, want := strings.Join(Notes(doc), "\n"), strings.Join(tt.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestFiguresReadWell(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{count(0), "0"}, {count(999), "999"}, {count(1000), "1,000"}, {count(1234567), "1,234,567"},
		{percent(0, 5), "0 %"}, {percent(1, 0), "0 %"}, {percent(1, 10000), "under 0.1 %"}, {percent(97, 1000), "9.7 %"},
		{percent(1, 10), "10 %"}, {percent(3, 4), "75 %"}, {percent(9999, 10000), "over 99 %"}, {percent(5, 5), "100 %"},
		{brief(1500), "0.0015 ms"}, {brief(14_100_000), "14.1 ms"}, {brief(2_000_000_000), "2 s"}, {brief(3_600_000_000_000), "1h0m0s"},
		{list([]string{"a", "b"}), "a, b"}, {list([]string{"a", "b", "c", "d", "e"}), "a, b, c and 2 more"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

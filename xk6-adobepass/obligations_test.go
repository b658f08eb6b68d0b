package adobepass

import (
	"testing"

	"go.k6.io/k6/lib"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/result"
)

// sameObligations compares how many devices were judged and with which verdicts.
// How often a rule was broken hangs on moments.
func sameObligations(t *testing.T, got, want *result.Document) {
	t.Helper()
	for i, p := range want.Profiles {
		q := got.Profiles[i]
		if q.JudgedDevices != p.JudgedDevices || p.JudgedDevices == 0 || len(q.Obligations) != len(p.Obligations) {
			t.Errorf("%s: %d devices judged by %d rules, want %d by %d", p.Name, q.JudgedDevices, len(q.Obligations), p.JudgedDevices, len(p.Obligations))
		}
		for _, o := range p.Obligations {
			if verdict := obligation(q, o.Rule).Verdict; verdict != o.Verdict {
				t.Errorf("%s: %s is %s, want %s", p.Name, o.Rule, verdict, o.Verdict)
			}
		}
	}
}

func obligation(p result.Profile, rule string) result.Obligation {
	for _, o := range p.Obligations {
		if o.Rule == rule {
			return o
		}
	}
	return result.Obligation{}
}

// judgedAfter runs code on a fleet of one profile and returns what its judged
// devices kept and broke.
func judgedAfter(t *testing.T, options, code string, segment *lib.ExecutionSegment) result.Profile {
	t.Helper()
	s := newScript(t, nil, `const fleet = new Fleet({ profiles: QUICK, `+options+` });`, lib.Options{ExecutionSegment: segment})
	s.run(code)
	documents, err := s.root.documents(nil, false, nil)
	if err != nil || len(documents) != 1 {
		t.Fatal(documents, err)
	}
	return documents[0].doc.Profiles[0]
}

func TestDevicesAreJudgedByTheRulesForClients(t *testing.T) {
	for _, c := range []struct {
		what, options, code string
		segment             string
		judged              int
		rule, verdict       string
	}{
		{"calls that reuse a token", "devices: 3", `for (let i = 0; i < 6; i++) fleet.next().call("decisions.authorize", { resources: ["R" + i] });`, "", 3, "DCR-04", "kept"},
		{"a registration that nothing asked for", "devices: 2", `fleet.at(0).call("configuration"); fleet.at(0).register({ force: true });`, "", 1, "DCR-02", "broken"},
		{"an app that was installed anew", "devices: 2", `fleet.at(0).call("configuration"); fleet.at(0).reset(); fleet.at(0).register();`, "", 1, "DCR-02", "not-observed"},
		{"a breach before a reset", "devices: 2", `fleet.at(0).register(); fleet.at(0).register({ force: true }); fleet.at(0).reset(); fleet.at(0).register();`, "", 1, "DCR-02", "broken"},
		{"some of many", "devices: 100, judge: 5", `for (let i = 0; i < 100; i++) fleet.next().register();`, "", 5, "DCR-02", "not-observed"},
		{"nobody", "devices: 2, judge: 0", `fleet.next().register();`, "", 0, "DCR-02", ""},
		{"the devices of a segment", "devices: 90", `for (let i = 0; i < fleet.shard.size; i++) fleet.next().register();`, "1/3:1/2", 15, "DCR-02", "not-observed"},
	} {
		t.Run(c.what, func(t *testing.T) {
			var segment *lib.ExecutionSegment
			if c.segment != "" {
				segment = new(lib.ExecutionSegment)
				if err := segment.UnmarshalText([]byte(c.segment)); err != nil {
					t.Fatal(err)
				}
			}
			p := judgedAfter(t, c.options, c.code, segment)
			if got := obligation(p, c.rule).Verdict; p.JudgedDevices != c.judged || got != c.verdict {
				t.Errorf("%d devices judged, %s %s; want %d, %s", p.JudgedDevices, c.rule, got, c.judged, c.verdict)
			}
			if c.judged > 0 && len(p.Obligations) < 30 {
				t.Errorf("only %d of %d rules are in the result", len(p.Obligations), len(audit.Rules()))
			}
		})
	}
}

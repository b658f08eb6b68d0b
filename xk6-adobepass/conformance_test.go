package adobepass

import (
	"strings"
	"testing"

	"go.k6.io/k6/lib"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/result"
)

func TestConformanceOfTheEmbeddedSimulatorIsJudged(t *testing.T) {
	s := newScript(t, nil, ``, lib.Options{})
	s.run(`const { conformance } = adobepass;
		let r = conformance({ groups: ["reg"] });
		if (!r.ok || r.status !== "conformant" || r.exitCode !== 0 || r.target !== "embedded simulator") throw JSON.stringify(r);
		if (r.checks.length < 30 || r.counts.PASS < 25 || r.counts.FAIL !== 0 || !(r.requests > 10)) throw JSON.stringify(r.counts);
		if (r.checks.some((c) => c.group !== "reg" || c.title === "" || c.refs.length === 0)) throw JSON.stringify(r.checks);
		r = conformance({ ids: ["reg.status-201"], simulator: { faults: ["reg.status-201"] }, name: "broken" });
		if (r.ok || r.status !== "nonconformant" || r.exitCode !== 1 || r.checks[0].verdict !== "FAIL") throw JSON.stringify(r);
		r = conformance({ ids: ["reg.status-201"], simulator: { faults: ["reg.status-201"] }, name: "broken",
			expectations: "- {check: reg.status-201, reason: known, expires: 2999-01-01}" });
		if (!r.ok || !r.checks[0].expected) throw JSON.stringify(r);`)
	if got := s.counts(); len(got) != 0 {
		t.Errorf("probes are in k6's figures: %v", got)
	}
	documents, err := s.root.documents(nil, false, nil)
	if err != nil || len(documents) != 2 || documents[0].name != "conformance" || documents[1].name != "broken" {
		t.Fatalf("%+v, %v: want one document for each name", documents, err)
	}
	if doc := documents[1].doc; doc.Kind != result.KindCheck || len(doc.Checks) != 1 || !doc.Checks[0].Expected {
		t.Errorf("the document is %+v", doc)
	}
}

func TestConformanceOfATargetIsJudged(t *testing.T) {
	sim := serve(t, backend.Config{Faults: []string{"reg.status-201"}})
	s := newScript(t, nil, ``, lib.Options{})
	s.run(`const r = adobepass.conformance({ target: "` + sim.URL() + `", ids: ["reg.status-201", "tok.status-201"] });
		if (r.ok || r.counts.FAIL !== 1 || r.checks.find((c) => c.id === "reg.status-201").verdict !== "FAIL") throw JSON.stringify(r);`)
	if got := s.throws(`adobepass.conformance({ target: "http://127.0.0.1:9", ids: ["reg.*"] })`); !strings.Contains(got, "cannot be reached") {
		t.Error(got)
	}
}

func TestWrongOptionsOfConformanceAreNamed(t *testing.T) {
	s := newScript(t, nil, ``, lib.Options{})
	for options, want := range map[string]string{
		`{ group: ["reg"] }`:                             `unknown option "group"; did you mean "groups"?`,
		`{ groups: "reg" }`:                              `groups must be an array of strings, not the text "reg"`,
		`{ groups: ["regs"] }`:                           `group "regs" does not exist`,
		`{ levels: ["maybe"] }`:                          `level "maybe" does not exist`,
		`{ rules: "adobe" }`:                             `rule set "adobe" does not exist`,
		`{ ids: ["no.such"] }`:                           `no check fits ids ["no.such"] (try: dcrbench check --list)`,
		`{ strict: 1 }`:                                  `strict must be true or false`,
		`{ limits: "fast" }`:                             `limits:`,
		`{ expectations: "- {check: reg.*}" }`:           `expectations: expectations, row 1: a reason is required`,
		`{ patience: 30 }`:                               `patience must be a duration`,
		`{ serviceProvider: "" }`:                        `serviceProvider: must not be empty`,
		`{ target: "https://example.com" }`:              `add authorized: true`,
		`{ target: "http://127.0.0.1:1", simulator: {}}`: `simulator: shapes the embedded simulator`,
		`{ simulator: { errorRate: 0.5 } }`:              `latency and errorRate need a simulator that is served`,
	} {
		if got := s.throws(`adobepass.conformance(` + options + `)`); !strings.Contains(got, want) || !strings.Contains(got, "conformance: ") {
			t.Errorf("%s:\n got %s\nwant %s", options, got, want)
		}
	}
}

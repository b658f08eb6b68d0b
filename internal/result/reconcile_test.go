package result

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestADocumentThatAddsUpReconciles(t *testing.T) {
	for name, doc := range map[string]*Document{"sample": sample(), "empty": {}} {
		if err := Reconcile(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryDiscrepancyIsSeen(t *testing.T) {
	for name, change := range map[string]func(*Document){
		"sent":               func(d *Document) { d.Load.Sent++ },
		"completed":          func(d *Document) { d.Load.Completed++; d.Load.Errors-- },
		"statuses":           func(d *Document) { d.Endpoints[1].Status["201"]++ },
		"requests":           func(d *Document) { d.Endpoints[1].Requests++ },
		"429s":               func(d *Document) { d.Throttling.Responses++ },
		"Retry-After":        func(d *Document) { d.Throttling.RetryAfter.Absent-- },
		"calls":              func(d *Document) { d.TokenReuse.Calls++ },
		"registrations":      func(d *Document) { d.TokenReuse.Registrations++ },
		"tokens":             func(d *Document) { d.TokenReuse.TokensIssued = 99 },
		"levels":             func(d *Document) { d.Compliance.Warnings++ },
		"finding profiles":   func(d *Document) { d.Compliance.Findings[0].Profiles["roku"] = 1 },
		"timeline":           func(d *Document) { d.Timeline.Series[1].OK[0]-- },
		"timeline endpoint":  func(d *Document) { d.Timeline.Series = d.Timeline.Series[1:] },
		"ragged timeline":    func(d *Document) { d.Timeline.Series[1].OK = nil },
		"profile requests":   func(d *Document) { d.Profiles[0].Requests++ },
		"profile endpoints":  func(d *Document) { d.Profiles[0].Endpoints = nil },
		"missing profile":    func(d *Document) { d.Profiles = d.Profiles[:1] },
		"profile devices":    func(d *Document) { d.Profiles[1].Throttling.Devices++ },
		"profile prediction": func(d *Document) { d.Profiles[1].Throttling.Predicted++ },
		"profile evaluation": func(d *Document) { d.Profiles[1].Compliance.Evaluations++ },
		"profile redundancy": func(d *Document) { d.Profiles[1].TokenReuse.RedundantTokenRequests++ },
	} {
		doc := sample()
		change(doc)
		if err := Reconcile(doc); err == nil {
			t.Errorf("%s: not seen", name)
		}
	}
}

func TestDocumentsSurviveEncoding(t *testing.T) {
	doc := sample()
	Finish(doc, Gate{})
	var b bytes.Buffer
	if err := Encode(&b, doc); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	got, err := Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(doc, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(text, `": null`) && strings.Count(text, `": null`) != strings.Count(text, `"first_at_s": null`)+strings.Count(text, `"calls_per_token": null`) {
		t.Errorf("null where a list should be:\n%s", text)
	}
	if !strings.HasPrefix(text, "{\n  \"schema\": \"dcrbench.result/v1\",\n  \"kind\": \"run\",\n  \"tool\"") {
		t.Errorf("the order of members changed: %s", text[:80])
	}
}

func TestDecodeRefusesWhatIsNoDocument(t *testing.T) {
	for in, want := range map[string]string{
		``:                                       "EOF",
		`[]`:                                     "cannot unmarshal",
		`{"schema":"other/v1"}`:                  `schema is "other/v1"`,
		`{"schema":"dcrbench.result/v1"} {}`:     "something follows",
		`{"schema":"dcrbench.result/v1","x":[1]`: "unexpected EOF",
	} {
		if _, err := Decode(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", in, err, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	_ = Encode(&b, sample())
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"dcrbench.result/v1","endpoints":[{"endpoint":"x"}],"timeline":{"series":[{"requests":[1]}]}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		doc, err := Decode(bytes.NewReader(in))
		if err != nil {
			return
		}
		_ = Reconcile(doc)
		Finish(doc, Gate{})
		var out bytes.Buffer
		if err := Encode(&out, doc); err != nil {
			t.Error(err)
		}
	})
}

package spoil

import (
	"slices"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
)

var noon = time.Date(2026, 9, 6, 12, 0, 0, 0, time.UTC)

func TestEveryFaultIsNamedAfterACheckAndSaysWhatItDoes(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Faults() {
		if _, ok := spec.Lookup(f.ID); !ok || f.What == "" || seen[f.ID] || !Known(f.ID) {
			t.Errorf("fault %+v", f)
		}
		seen[f.ID] = true
	}
	if len(seen) < 250 {
		t.Errorf("%d faults", len(seen))
	}
	for _, table := range tables {
		for _, r := range table {
			if !seen[r.id] {
				t.Errorf("%s is no check", r.id)
			}
		}
	}
}

func TestOnlyWhatIsSwitchedOnIsChanged(t *testing.T) {
	if New(nil) != nil || New([]string{"no.such"}) != nil {
		t.Error("a set of nothing")
	}
	answer := func(s *Set) api.HTTPResponse {
		out := api.HTTPResponse{Status: 201, Body: []byte(`{"id":"a","access_token":"b"}`)}
		s.Apply(noon, api.OpToken, &api.HTTPRequest{Method: "POST"}, &out)
		return out
	}
	if got := answer(nil); string(got.Body) != `{"id":"a","access_token":"b"}` {
		t.Errorf("unasked: %s", got.Body)
	}
	if got := answer(New([]string{"tok.id", "tok.body", "tok.id"})); string(got.Body) != `[{"access_token":"b"}]` {
		t.Errorf("two faults: %s", got.Body)
	}
}

// What a set remembers is its own.
func TestTwoSetsShareNoMemory(t *testing.T) {
	token := func(s *Set, text string) string {
		out := api.HTTPResponse{Status: 201, Body: []byte(text)}
		s.Apply(noon, api.OpToken, &api.HTTPRequest{Method: "POST"}, &out)
		return string(out.Body)
	}
	a, b := New([]string{"tok.client-bound"}), New([]string{"tok.client-bound"})
	if token(a, `"1"`) != `"1"` || token(b, `"2"`) != `"2"` || token(a, `"3"`) != `"1"` {
		t.Error("the memory is shared")
	}
}

func FuzzEveryFaultBearsAnyAnswer(f *testing.F) {
	f.Add(uint16(0), "POST", "/o/client/register", "", `{"software_statement":"a.b.c"}`, 400, `{"error":"x"}`)
	f.Add(uint16(40), "GET", "/api/v2/REF30/profiles", "Bearer x", "", 200, `{"profiles":{"a":7,"b":{"notAfter":1}}}`)
	f.Add(uint16(90), "POST", "/api/v2/REF30/decisions/authorize/Cox", "Bearer x", `{}`, 200, `{"decisions":[{"error":[]},1,null]}`)
	faults := Faults()
	f.Fuzz(func(t *testing.T, n uint16, method, target, authorization, sent string, status int, answer string) {
		s := New([]string{faults[int(n)%len(faults)].ID})
		in := api.HTTPRequest{Method: method, Target: target, Body: []byte(sent), Header: api.Header{{Name: "Authorization", Value: authorization}}}
		before := slices.Clone(in.Body)
		for range 2 {
			out := api.HTTPResponse{Status: status, Body: []byte(answer)}
			op, _, _ := api.Match(in.Method, in.Path())
			s.Apply(noon, op, &in, &out)
		}
		if !slices.Equal(before, in.Body) {
			t.Error("the request was changed")
		}
	})
}

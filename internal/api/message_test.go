package api

import "testing"

func TestHeaderNamesCompareWithoutCase(t *testing.T) {
	h := Header{{"Retry-After", "1"}, {"X-Empty", ""}, {"retry-after", "2"}}
	if got := h.Get("RETRY-AFTER"); got != "1" {
		t.Errorf("Get returns %q, want the first value", got)
	}
	if !h.Has("x-empty") || h.Has("x-absent") || h.Get("x-absent") != "" {
		t.Error("an empty field is present, an absent one is not")
	}
}

func TestTargetsSplitIntoPathAndQuery(t *testing.T) {
	for target, want := range map[string][2]string{
		"/a": {"/a", ""}, "/a?": {"/a", ""}, "/a?b=c?d": {"/a", "b=c?d"}, "": {"", ""},
	} {
		r := HTTPRequest{Target: target}
		if r.Path() != want[0] || r.Query() != want[1] {
			t.Errorf("%q splits into %q and %q", target, r.Path(), r.Query())
		}
	}
}

func TestResetKeepsMemoryAndForgetsContent(t *testing.T) {
	req := HTTPRequest{Method: "GET", Target: "/", Header: Header{{"Authorization", "secret"}}, Body: []byte("x"), Peer: "p"}
	res := HTTPResponse{Status: 200, Header: Header{{"Set-Cookie", "secret"}}, Body: []byte("x")}
	req.Reset()
	res.Reset()
	if req.Method+req.Target+req.Peer != "" || len(req.Body) != 0 || cap(req.Body) == 0 || req.Header[:1][0] != (Field{}) {
		t.Errorf("the request keeps %+v", req)
	}
	if res.Status != 0 || len(res.Body) != 0 || cap(res.Body) == 0 || res.Header[:1][0] != (Field{}) {
		t.Errorf("the answer keeps %+v", res)
	}
}

func TestEveryValueHasANameOfItsOwn(t *testing.T) {
	sets := map[string]func(uint8) string{
		"outcome": func(i uint8) string { return Outcome(i).String() },
		"error":   func(i uint8) string { return ErrKind(i).String() },
		"purpose": func(i uint8) string { return Purpose(i).String() },
		"op":      func(i uint8) string { return Op(i).String() },
		"action":  func(i uint8) string { return Action(i).String() },
	}
	sizes := map[string]uint8{
		"outcome": uint8(NumOutcomes), "error": uint8(NumErrKinds), "purpose": uint8(numPurposes),
		"op": uint8(NumOps), "action": uint8(numActions),
	}
	for set, name := range sets {
		seen := map[string]bool{}
		for i := range sizes[set] {
			if seen[name(i)] || name(i) == "" && (set != "action" || i != 0) {
				t.Errorf("%s %d is called %q", set, i, name(i))
			}
			seen[name(i)] = true
		}
		if outside := name(sizes[set]); seen[outside] && set != "op" && set != "action" {
			t.Errorf("%s: a value outside the set is called %q", set, outside)
		}
	}
	if got := len(OpNames()); got != 15 {
		t.Errorf("%d operations, want 15", got)
	}
}

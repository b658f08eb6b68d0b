package proxy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

func TestProvocationsAreRead(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Provocation
		err  string
	}{
		{"429@5s", Provocation{"429", 5 * time.Second}, ""},
		{"token-expiry", Provocation{"token-expiry", 0}, ""},
		{"418", Provocation{}, "want one of 429, 500, slow"},
		{"429@soon", Provocation{}, `"soon" is no time`},
		{"429@-1s", Provocation{}, `"-1s" is no time`},
	} {
		got, err := ParseProvocation(tt.text)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: error %v, want %q", tt.text, err, tt.err)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: got %+v, %v, want %+v", tt.text, got, err, tt.want)
		}
	}
}

// asked is a request at a time, with a token.
type asked struct {
	at    time.Duration
	op    api.Op
	token string
}

func TestProvocationsHappenOnceWhereTheyFit(t *testing.T) {
	at := func(s int, op api.Op, token string) asked { return asked{time.Duration(s) * time.Second, op, token} }
	for _, tt := range []struct {
		name string
		list []string
		do   []asked
		// want are the provoked statuses, 0 for none.
		want []int
	}{
		{"a 429 once, not before its time", []string{"429@5s"}, []asked{at(4, api.OpProfilesList, "a"), at(5, api.OpToken, ""), at(6, api.OpProfilesList, "a"), at(7, api.OpProfilesList, "a")}, []int{0, 0, 429, 0}},
		{"a 500 for calls alone", []string{"500"}, []asked{at(0, api.OpRegister, ""), at(1, api.OpProfilesList, "a"), at(2, api.OpProfilesList, "a")}, []int{0, 500, 0}},
		{"tokens of before expire, later ones do not", []string{"token-expiry@5s"},
			[]asked{at(1, api.OpProfilesList, "a"), at(6, api.OpProfilesList, "a"), at(7, api.OpConfiguration, "a"), at(8, api.OpProfilesList, "b")}, []int{0, 401, 401, 0}},
		{"an invalid client at a token request", []string{"invalid-client"}, []asked{at(0, api.OpProfilesList, "a"), at(1, api.OpToken, ""), at(2, api.OpToken, "")}, []int{0, 400, 0}},
		{"a revoked statement at a registration", []string{"revoked-statement"}, []asked{at(0, api.OpToken, ""), at(1, api.OpRegister, "")}, []int{0, 400}},
		{"one after the other", []string{"429", "500"}, []asked{at(0, api.OpProfilesList, "a"), at(1, api.OpProfilesList, "a"), at(2, api.OpProfilesList, "a")}, []int{429, 500, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var list []Provocation
			for _, text := range tt.list {
				p, err := ParseProvocation(text)
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, p)
			}
			p := newProvoker(list)
			var got []int
			for _, a := range tt.do {
				in := api.HTTPRequest{Header: api.Header{{Name: "Authorization", Value: "Bearer " + a.token}}}
				var out api.HTTPResponse
				_, answered := p.decide(a.at, a.op, &in, &out)
				if answered != (out.Status != 0) {
					t.Errorf("answered %v with status %d", answered, out.Status)
				}
				got = append(got, out.Status)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestASlowAnswerIsStillTheServices(t *testing.T) {
	p := newProvoker([]Provocation{{Kind: "slow"}})
	var out api.HTTPResponse
	delay, answered := p.decide(0, api.OpProfilesList, &api.HTTPRequest{}, &out)
	if delay != slowness || answered {
		t.Errorf("delay %v, answered %v", delay, answered)
	}
	if delay, _ := p.decide(0, api.OpProfilesList, &api.HTTPRequest{}, &out); delay != 0 {
		t.Errorf("a second delay of %v", delay)
	}
}

package audit

import (
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

// FuzzATrailTakesAnything feeds requests and answers of any kind.
func FuzzATrailTakesAnything(f *testing.F) {
	f.Add([]byte("\x01\x02\x03\x04"), "/api/v2/SP/sessions/C", `{"profiles":{}}`, "mvpd=%zz&mvpd", "Bearer T")
	f.Add([]byte("\x00\xff\x10\x80\x07"), "/o/client/token?grant_type=x", `{"access_token":"t","expires_in":1,"token_type":"bearer"}`, `{"resources":[1,"a"]}`, "Basic YTpi")
	f.Fuzz(func(t *testing.T, script []byte, target, answer, body, authorization string) {
		trail := NewTrail(Options{Strict: len(script)%2 == 0, ServerSide: len(script)%3 == 0}, len(script)%5)
		now := 0.0
		for i, c := range script[:min(len(script), 40)] {
			op := api.Op(c) % api.NumOps
			s := call(now, op, "T")
			s.status, s.body, s.took = []int{200, 201, 302, 400, 401, 403, 429, 500, 0}[int(c)%9], answer, float64(c%5)
			s.restart = c > 250
			s.change = func(r *api.HTTPRequest) {
				if c%2 == 0 {
					r.Target = target
				}
				if c%3 == 0 {
					r.Body = []byte(body)
				}
				if c%5 == 0 {
					set("Authorization", authorization)(r)
				}
			}
			if s.restart {
				trail.Restart()
			}
			trail.Observe(s.exchange(uint64(i+1)), Setting{})
			now += float64(c) / 16
		}
		for _, d := range trail.Finish() {
			for _, j := range d.Verdicts() {
				if (j.Verdict == Broken) != (j.Broken > 0) || j.Verdict == Kept && j.Kept == 0 {
					t.Errorf("%s is %s with %d kept and %d broken", j.Rule.ID, j.Verdict, j.Kept, j.Broken)
				}
			}
			for _, b := range d.Breaches() {
				if len(b.Exchanges) == 0 || len(b.Exchanges) != len(b.Times) || b.What == "" {
					t.Errorf("a breach without evidence: %+v", b)
				}
			}
		}
	})
}

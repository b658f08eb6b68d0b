package pace

import (
	"testing"
	"time"
)

func TestAScheduleThatWouldNotEndInTimeGivesWayToAnEvenOne(t *testing.T) {
	for _, c := range []struct {
		spec   string
		n      int
		length time.Duration
		want   string
	}{
		{"constant:20", 100, 10 * time.Second, "constant:20"},
		{"constant:20", 200, 10 * time.Second, "constant:40"},
		{"spike:base=5,at=10s,width=5s,share=0.7", 600, time.Minute, "spike:base=5,at=10s,width=5s,share=0.7"},
		{"spike:base=5,at=10s,width=5s,share=0.7", 600, 10 * time.Second, "constant:120"},
	} {
		spec, err := ParseSpec(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := spec.Fit(c.n, c.length).String(); got != c.want {
			t.Errorf("%s for %d devices in %v is %s, want %s", c.spec, c.n, c.length, got, c.want)
		}
	}
}

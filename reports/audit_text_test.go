package reports

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheTextOfAnAuditShowsAsManyBreachesAsItIsToldTo(t *testing.T) {
	most := map[string]int{}
	doc := audited()
	for i := range doc.Audit.Breaches {
		most[doc.Audit.Breaches[i].Rule]++
	}
	if len(most) == 0 {
		t.Fatal("the audit has no breaches to show")
	}
	for _, n := range []int{0, 1, 2} {
		var b bytes.Buffer
		if err := Text(&b, doc, Options{Breaches: n}); err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, all := range most {
			want += min(all, n)
		}
		if got := strings.Count(b.String(), "\n    Device "); got != want {
			t.Errorf("%d breaches of each rule: got %d lines, want %d\n%s", n, got, want, b.String())
		}
	}
}

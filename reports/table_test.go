package reports

import (
	"bytes"
	"testing"
)

func TestTablesAlignNumbersToTheRight(t *testing.T) {
	var b bytes.Buffer
	err := Table(&b, []string{"fleet", "devices", "what it is"}, [][]string{{"a", "1,000", "one"}, {"longer", "20", "two words"}})
	if err != nil {
		t.Fatal(err)
	}
	want := "  fleet   devices  what it is\n" +
		" ─────────────────────────────\n" +
		"  a         1,000  one\n" +
		"  longer       20  two words\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestANarrowPageDropsTheLeastTellingColumns(t *testing.T) {
	g := &grid{columns: []column{{title: "name", left: true}, {title: "wide one", drop: 1}, {title: "wider one", drop: 2}}}
	g.add("x", "1", "2")
	g.fit(20)
	if len(g.columns) != 2 || g.columns[1].title != "wide one" || len(g.rows[0]) != 2 || g.rows[0][1] != "1" {
		t.Errorf("got %+v", g)
	}
	g.fit(1)
	if len(g.columns) != 1 {
		t.Errorf("what must stay was dropped, or what may go stayed: %+v", g.columns)
	}
}

func TestFiguresAreShort(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{count(1234567), "1,234,567"}, {count(-1234), "-1,234"}, {dotted(0), "·"}, {share(0.0001), "<0.1 %"}, {share(0.9999), ">99.9 %"},
		{share(0.125), "12.5 %"}, {millis(0), "·"}, {millis(140), "0.14"}, {millis(14100), "14.1"}, {millis(1900000), "1,900"},
		{ellipsis("abcdef", 4), "abc…"}, {wrap("a bb ccc", "- ", 6), "- a bb\n  ccc\n"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

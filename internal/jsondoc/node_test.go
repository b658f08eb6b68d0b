package jsondoc_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

func TestNavigation(t *testing.T) {
	var d jsondoc.Doc
	parse(t, &d, ` { "s" : "x" , "n" : null, "t": true, "f": false, "a": [1, [2, 3], {"k": "v"}, "z"], "o": {}, "e": [] } `)
	root := d.Root()
	for _, tc := range []struct {
		name string
		node jsondoc.Node
		kind jsondoc.Kind
		size int
		raw  string
	}{
		{"the whole", root, jsondoc.Object, 7, strings.TrimSpace(string(root.Raw()))},
		{"a string", root.Get("s"), jsondoc.String, 0, `"x"`},
		{"null", root.Get("n"), jsondoc.Null, 0, "null"},
		{"true", root.Get("t"), jsondoc.Bool, 0, "true"},
		{"an array", root.Get("a"), jsondoc.Array, 4, `[1, [2, 3], {"k": "v"}, "z"]`},
		{"an empty object", root.Get("o"), jsondoc.Object, 0, "{}"},
		{"an empty array", root.Get("e"), jsondoc.Array, 0, "[]"},
		{"a missing member", root.Get("x"), jsondoc.Absent, 0, ""},
		{"below a missing member", root.Get("x").Get("y"), jsondoc.Absent, 0, ""},
		{"a member of an array", root.Get("a").Get("k"), jsondoc.Absent, 0, ""},
		{"a member of a string", root.Get("s").Get("s"), jsondoc.Absent, 0, ""},
	} {
		if got := tc.node.Kind(); got != tc.kind {
			t.Errorf("%s: kind %v, want %v", tc.name, got, tc.kind)
		}
		if got := tc.node.Len(); got != tc.size {
			t.Errorf("%s: length %d, want %d", tc.name, got, tc.size)
		}
		if got := string(tc.node.Raw()); got != tc.raw {
			t.Errorf("%s: raw %q, want %q", tc.name, got, tc.raw)
		}
	}
}

func TestIterationKeepsTheDocumentsOrder(t *testing.T) {
	var d jsondoc.Doc
	parse(t, &d, `{"b":[1,[2,{"x":3}],4],"a":{"c":5},"d":6}`)
	var names, elements []string
	for name, value := range d.Root().Members() {
		names = append(names, name.Text()+"="+value.Kind().String())
	}
	for e := range d.Root().Get("b").Elements() {
		elements = append(elements, string(e.Raw()))
	}
	if got, want := fmt.Sprint(names), "[b=array a=object d=number]"; got != want {
		t.Errorf("members %v, want %v", got, want)
	}
	if got, want := fmt.Sprint(elements), `[1 [2,{"x":3}] 4]`; got != want {
		t.Errorf("elements %v, want %v", got, want)
	}
	for range d.Root().Elements() {
		t.Error("an object has elements")
	}
	for range d.Root().Get("b").Members() {
		t.Error("an array has members")
	}
	for range d.Root().Members() {
		break
	}
	for range d.Root().Get("b").Elements() {
		break
	}
}

func TestTheZeroNodeIsSafe(t *testing.T) {
	var n jsondoc.Node
	_, isInt := n.Int()
	_, isBool := n.Bool()
	if n.Kind() != jsondoc.Absent || n.Get("a").Kind() != jsondoc.Absent || n.Len() != 0 || isInt || isBool ||
		n.Text() != "" || n.TextEquals("") || n.AppendText(nil) != nil || n.Raw() != nil {
		t.Error("the zero node is more than absent")
	}
	for range n.Members() {
		t.Error("the zero node has members")
	}
	for range n.Elements() {
		t.Error("the zero node has elements")
	}
	var d *jsondoc.Doc
	if d.Root().Kind() != jsondoc.Absent {
		t.Error("the root of no document is more than absent")
	}
	if got := jsondoc.Kind(99).String(); got != "unknown" {
		t.Errorf("kind 99 is %q", got)
	}
}

func TestTheLastOfEqualNamesWins(t *testing.T) {
	var d jsondoc.Doc
	parse(t, &d, `{"a":1,"b":2,"\u0061":3}`)
	if got, _ := d.Root().Get("a").Int(); got != 3 {
		t.Errorf("a = %d, want the last, 3", got)
	}
}

func TestInt(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want int64
		ok   bool
	}{
		{"3600", 3600, true},
		{`"3600"`, 0, false},
		{"3600.5", 0, false},
		{"3600.0", 3600, true},
		{"36e2", 3600, true},
		{"0.36e+4", 3600, true},
		{"360000E-2", 3600, true},
		{"36e-1", 0, false},
		{"1.0e-1", 0, false},
		{"100.50e1", 1005, true},
		{"100.05e1", 0, false},
		{"0", 0, true},
		{"-0", 0, true},
		{"-0.000e999999999999999999999", 0, true},
		{"0e-999999999999999999999", 0, true},
		{"-42", -42, true},
		{"1e18", 1e18, true},
		{"1e19", 0, false},
		{"1e20", 0, false},
		{"9223372036854775807", math.MaxInt64, true},
		{"9223372036854775808", 0, false},
		{"-9223372036854775808", math.MinInt64, true},
		{"-9223372036854775809", 0, false},
		{"9223372036854775.807e3", math.MaxInt64, true},
		{"18446744073709551616", 0, false},
		{"99999999999999999999", 0, false},
		{"1" + strings.Repeat("0", 400) + "e-400", 1, true},
		{"0." + strings.Repeat("0", 400) + "1e401", 1, true},
		{strings.Repeat("9", 5000), 0, false},
		{"1e999999999999999999999999", 0, false},
		{"1e-999999999999999999999999", 0, false},
		{"true", 0, false},
		{"null", 0, false},
	} {
		var d jsondoc.Doc
		parse(t, &d, tc.in)
		if got, ok := d.Root().Int(); got != tc.want || ok != tc.ok {
			t.Errorf("Int(%.40s) = %d, %v; want %d, %v", tc.in, got, ok, tc.want, tc.ok)
		}
	}
}

func TestBool(t *testing.T) {
	for in, want := range map[string][2]bool{"true": {true, true}, "false": {false, true}, `"true"`: {}, "1": {}, "null": {}} {
		var d jsondoc.Doc
		parse(t, &d, in)
		if got, ok := d.Root().Bool(); got != want[0] || ok != want[1] {
			t.Errorf("Bool(%s) = %v, %v; want %v", in, got, ok, want)
		}
	}
}

func TestText(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{`""`, ""},
		{`"plain"`, "plain"},
		{`"é€😀"`, "é€😀"},
		{`"\"\\\/\b\f\n\r\t"`, "\"\\/\b\f\n\r\t"},
		{`"\u0041\u00e9\u20AC"`, "Aé€"},
		{`"a\ud83d\ude00b"`, "a😀b"},
		{`"\ud83d"`, "\ufffd"},
		{`"\ude00\ud83d"`, "\ufffd\ufffd"},
		{`"\ud83d\u0041"`, "\ufffdA"},
		{`"\ud83d\n"`, "\ufffd\n"},
		{`"\ud83dabcdef"`, "\ufffdabcdef"},
		{`"\u0000"`, "\x00"},
		{`"\\u0041"`, `\u0041`},
		{`"12345678\n"`, "12345678\n"},
		{`"1234567\"8"`, `1234567"8`},
	} {
		var d jsondoc.Doc
		parse(t, &d, tc.in)
		n := d.Root()
		if got := n.Text(); got != tc.want {
			t.Errorf("Text(%s) = %q, want %q", tc.in, got, tc.want)
		}
		if got := string(n.AppendText([]byte("> "))); got != "> "+tc.want {
			t.Errorf("AppendText(%s) = %q, want %q", tc.in, got, "> "+tc.want)
		}
		if !n.TextEquals(tc.want) {
			t.Errorf("TextEquals(%s, %q) is false", tc.in, tc.want)
		}
		for _, other := range []string{tc.want + "x", "x" + tc.want, strings.ToUpper(tc.want) + "?"} {
			if n.TextEquals(other) {
				t.Errorf("TextEquals(%s, %q) is true", tc.in, other)
			}
		}
		if len(tc.want) > 0 && n.TextEquals(tc.want[:len(tc.want)-1]) {
			t.Errorf("TextEquals(%s) is true for a prefix", tc.in)
		}
	}
}

package jsondoc_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

func TestParseErrorsSayWhereAndWhatWasExpected(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		offset   int
		want     string
	}{
		{"nothing at all", "", 0, "a value"},
		{"only white space", " \n", 2, "a value"},
		{"a web page", "<html>", 0, "a value"},
		{"a byte order mark", "\ufeff{}", 0, "a value"},
		{"two documents", "{} {}", 3, "the end of the document"},
		{"a NUL after the document", "{}\x00", 2, "the end of the document"},
		{"a NUL inside an object", "{\x00}", 1, "a member name in quotes"},
		{"a NUL inside a string", "\"a\x00b\"", 2, "an escape instead of a control character"},
		{"a line break inside a string", "\"abcdefgh\n\"", 9, "an escape instead of a control character"},
		{"a trailing comma in an array", "[1,]", 3, "a value"},
		{"a trailing comma in an object", `{"a":1,}`, 7, "a member name in quotes"},
		{"a leading comma", "[,1]", 1, "a value"},
		{"a missing comma in an array", "[1 2]", 3, "a comma or a closing bracket"},
		{"a missing comma in an object", `{"a":1 "b":2}`, 7, "a comma or a closing brace"},
		{"a missing colon", `{"a" 1}`, 5, "a colon"},
		{"a bare member name", `{a:1}`, 1, "a member name in quotes"},
		{"mismatched brackets", `[1}`, 2, "a comma or a closing bracket"},
		{"an object cut short", `{"a":`, 5, "a value"},
		{"an array cut short", `[1`, 2, "a comma or a closing bracket"},
		{"a string cut short", `"abc`, 4, "a closing quote"},
		{"an escape cut short", `"\`, 2, "a known escape"},
		{"a unicode escape cut short", `"\u12`, 5, "four hexadecimal digits"},
		{"a unicode escape with a letter too far", `"\u12g4"`, 5, "four hexadecimal digits"},
		{"an unknown escape", `"\x41"`, 2, "a known escape"},
		{"not a number", "NaN", 0, "a value"},
		{"infinity", "-Infinity", 1, "a digit"},
		{"a leading zero", "01", 1, "the end of the document"},
		{"a leading plus", "+1", 0, "a value"},
		{"a bare minus", "-", 1, "a digit"},
		{"a bare point", "1.", 2, "a digit"},
		{"a leading point", ".5", 0, "a value"},
		{"a bare exponent", "1e+", 3, "a digit"},
		{"a misspelt literal", "trve", 2, "true, false or null"},
		{"a literal cut short", "nul", 3, "true, false or null"},
		{"a literal in capitals", "True", 0, "a value"},
		{"single quotes", "'a'", 0, "a value"},
		{"a comment", "/**/1", 0, "a value"},
		{"a stray continuation byte", "\"a\x80\"", 2, "valid UTF-8"},
		{"an overlong encoding", "\"\xc0\xaf\"", 1, "valid UTF-8"},
		{"an encoded surrogate", "\"\xed\xa0\x80\"", 1, "valid UTF-8"},
		{"a character cut short", "\"\xe2\x82", 1, "valid UTF-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var d jsondoc.Doc
			err := d.Parse([]byte(tc.in))
			var syntax *jsondoc.Error
			if !errors.As(err, &syntax) {
				t.Fatalf("Parse(%q) = %v, want a *jsondoc.Error", tc.in, err)
			}
			if syntax.Offset != tc.offset || syntax.Want != tc.want {
				t.Errorf("Parse(%q): at %d want %q; expected at %d want %q", tc.in, syntax.Offset, syntax.Want, tc.offset, tc.want)
			}
			if errors.Is(err, jsondoc.ErrLimit) {
				t.Errorf("Parse(%q) blames a limit for broken syntax", tc.in)
			}
			if utf8.ValidString(tc.in) && json.Valid([]byte(tc.in)) {
				t.Errorf("the row is wrong: %q is valid JSON", tc.in)
			}
			if kind := d.Root().Kind(); kind != jsondoc.Absent {
				t.Errorf("after a failed Parse the root is %v", kind)
			}
		})
	}
}

func TestEveryByteAtEveryPlaceOfALongString(t *testing.T) {
	var d jsondoc.Doc
	for at := range 20 {
		for b := range 256 {
			in := []byte(`"` + strings.Repeat("x", 28) + `"`)
			in[1+at] = byte(b)
			want := json.Valid(in) && utf8.Valid(in)
			if err := d.Parse(in); (err == nil) != want {
				t.Fatalf("byte %#02x at %d: error %v, want valid: %v", b, at, err, want)
			}
		}
	}
}

func TestLimitsAreExact(t *testing.T) {
	nest := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	nestObjects := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	list := func(n int) string { return "[" + strings.Repeat("1,", n-1) + "1]" }
	for _, tc := range []struct {
		name, in string
		refused  bool
	}{
		{"as deep as allowed", nest(jsondoc.MaxDepth), false},
		{"one too deep", nest(jsondoc.MaxDepth + 1), true},
		{"objects as deep as allowed", nestObjects(jsondoc.MaxDepth), false},
		{"objects one too deep", nestObjects(jsondoc.MaxDepth + 1), true},
		{"a million brackets that never close", strings.Repeat("[", 1e6), true},
		{"many shallow siblings", "[" + strings.Repeat("[],", 1000) + "[]]", false},
		{"as many nodes as allowed", list(jsondoc.MaxNodes - 1), false},
		{"one node too many", list(jsondoc.MaxNodes), true},
		{"ten megabytes in one string", `"` + strings.Repeat("x", 10<<20) + `"`, false},
		{"a number of a million digits", strings.Repeat("9", 1e6), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var d jsondoc.Doc
			err := d.Parse([]byte(tc.in))
			if got := errors.Is(err, jsondoc.ErrLimit); got != tc.refused {
				t.Errorf("refused for a limit: %v, want %v (err %v)", got, tc.refused, err)
			}
			if !tc.refused && err != nil {
				t.Errorf("Parse: %v", err)
			}
		})
	}
}

func TestErrorsNeverQuoteTheDocument(t *testing.T) {
	var d jsondoc.Doc
	err := d.Parse([]byte(`{"client_secret":"hunter2" hunter2}`))
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %q quotes the document", err)
	}
	if want := "json at byte 27: want a comma or a closing brace"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

func TestNodesOfAnEarlierDocumentBecomeAbsent(t *testing.T) {
	var d jsondoc.Doc
	parse(t, &d, `{"a":"old"}`)
	old := d.Root().Get("a")
	members := d.Root().Members()
	parse(t, &d, `{"a":"new"}`)
	if old.Kind() != jsondoc.Absent || old.Text() != "" || old.Raw() != nil {
		t.Errorf("a node of the document before reads %q", old.Text())
	}
	for range members {
		t.Error("an iterator of the document before still yields")
	}
	d.Reset()
	if got := d.Root().Kind(); got != jsondoc.Absent {
		t.Errorf("after Reset the root is %v", got)
	}
}

func TestARecurringDocumentReadsAsItWouldByItself(t *testing.T) {
	texts := []string{`{"a":"x"}`, `{"a":"x"}`, `{"a":"y"}`, `{"a":"x"`, `{"a":"x"`, ``, `[]`, ` []`, `{"a":"x"} `}
	d := jsondoc.Doc{Recurring: true}
	for i, first := range texts {
		for j, second := range texts {
			for _, text := range []string{first, second} {
				// The memory that is parsed belongs to the caller.
				b := []byte(text)
				var alone jsondoc.Doc
				got, want := d.Parse(b), alone.Parse([]byte(text))
				clear(b)
				if (got == nil) != (want == nil) || string(d.Root().Raw()) != string(alone.Root().Raw()) ||
					d.Root().Get("a").Text() != alone.Root().Get("a").Text() {
					t.Errorf("text %d after text %d: %q, %v; by itself: %q, %v", j, i, d.Root().Raw(), got, alone.Root().Raw(), want)
				}
			}
			if i%2 == 0 {
				d.Reset()
				if d.Root().Kind() != jsondoc.Absent {
					t.Errorf("text %d is still there after Reset", j)
				}
			}
		}
	}
}

func TestReparsingInsideAnIterationEndsIt(t *testing.T) {
	var d jsondoc.Doc
	parse(t, &d, `[1,2,3]`)
	seen := 0
	for range d.Root().Elements() {
		seen++
		d.Reset()
	}
	parse(t, &d, `{"a":1,"b":2}`)
	for range d.Root().Members() {
		seen++
		parse(t, &d, `[]`)
	}
	if seen != 2 {
		t.Errorf("saw %d items, want one of each container", seen)
	}
}

func TestDuplicateKeys(t *testing.T) {
	many := func(last string) string {
		var b strings.Builder
		b.WriteByte('{')
		for i := range 9000 {
			fmt.Fprintf(&b, `"k%d":1,`, i*7919%9000)
		}
		return b.String() + `"` + last + `":1}`
	}
	for _, tc := range []struct {
		name, in string
		want     bool
	}{
		{"none", `{"a":1,"b":1}`, false},
		{"no object", `["a","a"]`, false},
		{"at the top", `{"a":1,"b":2,"a":3}`, true},
		{"below", `[{"x":{"a":1,"a":1}}]`, true},
		{"the same name in different objects", `{"a":{"a":1},"b":{"a":1}}`, false},
		{"spelt with an escape", `{"ab":1,"\u0061b":2}`, true},
		{"differing in case", `{"a":1,"A":2}`, false},
		{"thousands of names", many("q"), false},
		{"thousands of names and one twice", many("k4711"), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var d jsondoc.Doc
			parse(t, &d, tc.in)
			if got := d.HasDuplicateKeys(); got != tc.want {
				t.Errorf("HasDuplicateKeys() = %v, want %v", got, tc.want)
			}
		})
	}
}

func parse(t testing.TB, d *jsondoc.Doc, in string) {
	t.Helper()
	if err := d.Parse([]byte(in)); err != nil {
		t.Fatalf("Parse: %v", err)
	}
}

package jsondoc_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// FuzzParse holds every document against encoding/json: the same ones are
// valid, apart from the limits and from broken UTF-8, which encoding/json
// repairs; and the valid ones have the same values.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		tokenAnswer, `{"a":[1,2.5,-3e+10,true,false,null,{"b":"\u00e9\ud83d\ude00\ud800"}],"a":"last"}`,
		`[]`, `{}`, ` "x" `, `[1,]`, "\"\xff\"", "\"\x00\"", `{"":{"":""}}`, `-0.0e-0`, `1` + strings.Repeat("0", 30) + `e-30`,
		strings.Repeat("[", 70), strings.Repeat("[", 64) + strings.Repeat("]", 64), `{"a":1 "b"}`, `"12345678\u0022"`,
	} {
		f.Add([]byte(seed))
	}
	var d jsondoc.Doc
	f.Fuzz(func(t *testing.T, in []byte) {
		err := d.Parse(in)
		valid := json.Valid(in) && utf8.Valid(in)
		if errors.Is(err, jsondoc.ErrLimit) {
			return
		}
		if (err == nil) != valid {
			t.Fatalf("Parse: %v, but encoding/json says valid: %v", err, valid)
		}
		if err != nil {
			return
		}
		var want any
		decoder := json.NewDecoder(strings.NewReader(string(in)))
		decoder.UseNumber()
		if err := decoder.Decode(&want); err != nil {
			t.Fatalf("encoding/json: %v", err)
		}
		if got := toAny(t, d.Root()); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %#v, want %#v", got, want)
		}
	})
}

// toAny builds what encoding/json would, checking each node on the way.
func toAny(t *testing.T, n jsondoc.Node) any {
	switch n.Kind() {
	case jsondoc.Null:
		return nil
	case jsondoc.Bool:
		v, _ := n.Bool()
		return v
	case jsondoc.Number:
		checkInt(t, n)
		return json.Number(n.Raw())
	case jsondoc.String:
		text := n.Text()
		if !n.TextEquals(text) || string(n.AppendText(nil)) != text || n.TextEquals(text+"\x00") {
			t.Fatalf("the ways to read %q disagree", text)
		}
		return text
	case jsondoc.Array:
		list := make([]any, 0, n.Len())
		for e := range n.Elements() {
			list = append(list, toAny(t, e))
		}
		if len(list) != n.Len() {
			t.Fatalf("%d elements, Len says %d", len(list), n.Len())
		}
		return list
	case jsondoc.Object:
		members := make(map[string]any, n.Len())
		for name, value := range n.Members() {
			members[name.Text()] = toAny(t, value)
			if n.Len() < 50 && n.Get(name.Text()).Kind() == jsondoc.Absent {
				t.Fatalf("member %q is listed but not found", name.Text())
			}
		}
		return members
	}
	t.Fatalf("kind %v inside a document", n.Kind())
	return nil
}

// checkInt compares Int with exact arithmetic, where that is affordable.
func checkInt(t *testing.T, n jsondoc.Node) {
	raw := string(n.Raw())
	if i := strings.IndexAny(raw, "eE"); len(raw) > 200 || (i >= 0 && len(raw)-i > 5) {
		n.Int()
		return
	}
	want, ok := new(big.Rat).SetString(raw)
	if !ok {
		t.Fatalf("math/big cannot read %q", raw)
	}
	wantOK := want.IsInt() && want.Num().IsInt64()
	got, gotOK := n.Int()
	if gotOK != wantOK || (gotOK && got != want.Num().Int64()) {
		t.Fatalf("Int(%s) = %d, %v; want %v, %v", raw, got, gotOK, want, wantOK)
	}
}

// FuzzDuplicateKeys holds HasDuplicateKeys against a map of names.
func FuzzDuplicateKeys(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":{"c":1,"\u0063":2}}`))
	f.Add([]byte(`{"a":1,"b":[{"a":1},{"a":1}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var d jsondoc.Doc
		if d.Parse(in) != nil {
			return
		}
		if got, want := d.HasDuplicateKeys(), repeats(d.Root()); got != want {
			t.Fatalf("HasDuplicateKeys() = %v, want %v", got, want)
		}
	})
}

func repeats(n jsondoc.Node) bool {
	for e := range n.Elements() {
		if repeats(e) {
			return true
		}
	}
	seen := map[string]bool{}
	for name, value := range n.Members() {
		if seen[name.Text()] || repeats(value) {
			return true
		}
		seen[name.Text()] = true
	}
	return false
}

package backend

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestIDsReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := newGenerator([32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed")))
		v := g.next().asUUID()
		text := appendUUID(nil, v)
		if got, ok := parseUUID(text); !ok || got != v {
			t.Fatalf("UUID %s", text)
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		text[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		if got, ok := parseUUID(text); ok && string(appendUUID(nil, got)) != string(text) {
			t.Fatalf("two texts for one id: %q", text)
		}
		token := g.next()
		spelled := string(g.appendToken(nil, token))
		if got, ok := g.parseToken(spelled); !ok || got != token || len(spelled) != tokenLength {
			t.Fatal("a token does not read back")
		}
		at = rapid.IntRange(0, len(spelled)-1).Draw(t, "token at")
		if _, ok := g.parseToken(spelled[:at] + "." + spelled[at+1:]); ok {
			t.Fatal("a changed token is genuine")
		}
		c := g.code()
		if got, ok := parseCode(string(c.append(nil))); !ok || got != c {
			t.Fatalf("code %d", c)
		}
	})
}

func TestCodesLookLikeTheSamples(t *testing.T) {
	for c, want := range map[code]string{1: "0000000", 36: "000000Z", 37: "0000010", codes: "ZZZZZZZ"} {
		if got := string(c.append(nil)); got != want {
			t.Errorf("code %d: %s, want %s", c, got, want)
		}
	}
}

func TestSecretsOfOneIDDiffer(t *testing.T) {
	g := newGenerator([32]byte{1})
	v := g.next()
	seen := map[id]bool{v: true}
	for p := forSecret; p <= forUser; p++ {
		seen[g.derived(p, v)] = true
	}
	if len(seen) != 6 {
		t.Error("two purposes derive the same")
	}
	other := newGenerator([32]byte{2})
	if other.derived(forSecret, v) == g.derived(forSecret, v) {
		t.Error("two generators derive the same")
	}
}

func TestForms(t *testing.T) {
	tests := []struct {
		body, a   string
		malformed bool
		repeats   bool
	}{
		{"", "", false, false},
		{"a=1&b=2", "1", false, false},
		{"a=x+y%20z%3D", "x y z=", false, false},
		{"a=1=2", "1=2", false, false},
		{"&&a&", "", false, false},
		{"a=%4", "%4", true, false},
		{"a=%zz", "%zz", true, false},
		{"a=1&%61=2", "1", false, true},
		{strings.Repeat("x=1&", 200), "", true, true},
	}
	var f form
	for _, tt := range tests {
		f.parse([]byte(tt.body))
		if got := string(f.get("a")); got != tt.a || f.malformed != tt.malformed || f.repeats() != tt.repeats {
			t.Errorf("%.20q: a = %q, malformed %t, repeats %t", tt.body, got, f.malformed, f.repeats())
		}
	}
}

func TestAbsoluteURLs(t *testing.T) {
	for url, want := range map[string]bool{
		"https://tv.example.com/in?a=b": true, "adobepass://ios.app": true, "app:back": true, "x-y+z.1:a": true,
		"": false, "nowhere": false, "/in": false, ":x": false, "https:": false, "https://": false, "1a:b": false, "https://a b": false,
		"https://a/\r\nx": false, "https://ä": false,
	} {
		if got := absoluteURL(url); got != want {
			t.Errorf("%q: %t", url, got)
		}
	}
}

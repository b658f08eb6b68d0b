package guard

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestParseTakesBaseURLsOnly(t *testing.T) {
	for raw, want := range map[string]string{
		"http://127.0.0.1:18080":    "http://127.0.0.1:18080",
		"https://example.com/base/": "https://example.com/base",
		"http://[::1]:8080/":        "http://[::1]:8080",
		"ftp://example.com":         "",
		"example.com":               "",
		"http://":                   "",
		"http://me:secret@host":     "",
		"http://host?x=1":           "",
		"http://host#part":          "",
		"http://%zz":                "",
		"http://h:0":                "",
		"http://h:65535":            "http://h:65535",
		"http://h:65536":            "",
		"http://me:secret@h:1x":     "",
		"http://me:secret%zz@host":  "",
		"me:secret@host":            "",
		"://me:secret@host":         "",
	} {
		u, err := Parse(raw)
		if want == "" {
			if err == nil {
				t.Errorf("Parse(%q) = %v, want an error", raw, u)
			} else if strings.Contains(err.Error(), "secret") {
				t.Errorf("Parse(%q): the error shows the password: %v", raw, err)
			}
			continue
		}
		if err != nil || u.String() != want {
			t.Errorf("Parse(%q) = %v, %v, want %s", raw, u, err, want)
		}
	}
}

func TestCheckAsksForWhatThePlaceOfTheTargetNeeds(t *testing.T) {
	for _, c := range []struct {
		target     string
		permission Permission
		permitted  bool
		production bool
	}{
		{"http://127.0.0.1:1", Permission{}, true, false},
		{"http://localhost.:1", Permission{}, true, false},
		{"http://[::ffff:127.0.0.1]:1", Permission{}, true, false},
		{"https://example.com", Permission{}, false, false},
		{"https://example.com", Permission{Authorized: true}, true, false},
		{"https://127.0.0.1.example.com", Permission{}, false, false},
		{"https://sp.auth-staging.adobe.com", Permission{Authorized: true}, true, false},
		{"https://sp.auth.adobe.com", Permission{Authorized: true}, false, true},
		{"https://SP.AUTH.ADOBE.COM.", Permission{Authorized: true}, false, true},
		{"https://sp.auth.adobe.com", Permission{AllowProduction: true}, false, false},
		{"https://sp.auth.adobe.com", Permission{true, true}, true, false},
		{"https://notadobe.com", Permission{Authorized: true}, true, false},
	} {
		u, err := url.Parse(c.target)
		if err != nil {
			t.Fatal(err)
		}
		err = Check(u, c.permission)
		if c.permitted != (err == nil) {
			t.Errorf("Check(%s, %+v) = %v", c.target, c.permission, err)
		}
		var refusal *Refusal
		if err != nil && (!errors.As(err, &refusal) || refusal.Production != c.production) {
			t.Errorf("Check(%s, %+v) = %v, want production %v", c.target, c.permission, err, c.production)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("http://127.0.0.1:18080/")
	f.Add("https://[::1]/x/")
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := Parse(raw)
		if err == nil && (u.Hostname() == "" || u.User != nil) {
			t.Errorf("Parse(%q) = %v", raw, u)
		}
	})
}

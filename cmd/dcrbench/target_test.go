package main

import (
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/guard"
)

func TestATargetElsewhereNeedsTheUsersWord(t *testing.T) {
	yes, all := guard.Permission{Authorized: true}, guard.Permission{Authorized: true, AllowProduction: true}
	for _, c := range []struct {
		target string
		given  guard.Permission
		want   string // part of the refusal, "" for none
	}{
		{"http://127.0.0.1:18080", guard.Permission{}, ""},
		{"http://127.9.9.9", guard.Permission{}, ""},
		{"http://[::1]:1", guard.Permission{}, ""},
		{"http://localhost:1", guard.Permission{}, ""},
		{"http://[::ffff:127.0.0.1]:1", guard.Permission{}, ""},
		{"http://localhost.example.com", guard.Permission{}, "--authorized"},
		{"http://127.0.0.1.example.com", guard.Permission{}, "--authorized"},
		{"http://10.0.0.1", guard.Permission{}, "--authorized"},
		{"https://sp.auth-staging.adobe.com", guard.Permission{}, "--authorized"},
		{"https://sp.auth-staging.adobe.com", guard.Permission{AllowProduction: true}, "--authorized"},
		{"https://sp.auth-staging.adobe.com", yes, ""},
		{"https://SP.auth-staging.adobe.com.", yes, ""},
		{"https://sp.auth.adobe.com", yes, "--allow-production"},
		{"https://sp-prequal.auth.adobe.com", yes, "--allow-production"},
		{"https://sp-prequal.auth-staging.adobe.com", yes, "--allow-production"},
		{"https://SP.AUTH.ADOBE.COM.", yes, "--allow-production"},
		{"https://sp.auth.adobe.com", all, ""},
		{"https://adobe.com.example.org", yes, ""},
	} {
		u, err := parseTarget(c.target)
		if err != nil {
			t.Fatal(err)
		}
		err = permit(u, c.given)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %+v: %v, want a refusal with %q", c.target, c.given, err, c.want)
		}
	}
}

func TestATargetElsewhereGetsACautiousCeiling(t *testing.T) {
	for _, c := range []struct {
		args  []string
		local bool
		want  float64
	}{
		{nil, true, 0}, {nil, false, guard.Ceiling},
		{[]string{"--max-rps", "7"}, true, 7}, {[]string{"--max-rps", "700"}, false, 700}, {[]string{"--max-rps", "0"}, false, 0},
	} {
		o := &runOptions{}
		cmd := newRunCommand(o)
		if err := cmd.ParseFlags(c.args); err != nil {
			t.Fatal(err)
		}
		if got := o.ceiling(cmd, &target{local: c.local}); got != c.want {
			t.Errorf("%v on a local target %v: ceiling %g, want %g", c.args, c.local, got, c.want)
		}
	}
}

func TestParseTargetNamesWhatIsWrong(t *testing.T) {
	for raw, want := range map[string]string{
		"127.0.0.1:80": "URL", "ftp://x": "http or https", "http://": "no host", "http://u:p@x": "user name",
		"http://x/?a=b": "no query", "http://x/#f": "fragment", "http://x:port": "URL",
	} {
		if _, err := parseTarget(raw); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "u:p") {
			t.Errorf("parseTarget(%q) = %v, want an error with %q", raw, err, want)
		}
	}
	if u, err := parseTarget("http://x/base/"); err != nil || u.Path != "/base" {
		t.Errorf("a base path became %v, %v", u, err)
	}
}

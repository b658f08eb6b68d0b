package api

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// documented is the contract's path grammar: which paths belong to which
// operation, written independently of Match.
var documented = []struct {
	op     Op
	method string
	path   *regexp.Regexp
}{
	{OpRegister, "POST", regexp.MustCompile(`^/o/client/register$`)},
	{OpToken, "POST", regexp.MustCompile(`^/o/client/token$`)},
	{OpConfiguration, "GET", regexp.MustCompile(`^/api/v2/[^/]+/configuration/?$`)},
	{OpSessionsCreate, "POST", regexp.MustCompile(`^/api/v2/[^/]+/sessions/?$`)},
	{OpSessionsResume, "POST", regexp.MustCompile(`^/api/v2/[^/]+/sessions/[^/]+/?$`)},
	{OpSessionsRetrieve, "GET", regexp.MustCompile(`^/api/v2/[^/]+/sessions/[^/]+/?$`)},
	{OpAuthenticate, "GET", regexp.MustCompile(`^/api/v2/authenticate/[^/]+/[^/]+/?$`)},
	{OpProfilesList, "GET", regexp.MustCompile(`^/api/v2/[^/]+/profiles/?$`)},
	{OpProfilesMVPD, "GET", regexp.MustCompile(`^/api/v2/[^/]+/profiles/[^/]+/?$`)},
	{OpProfilesCode, "GET", regexp.MustCompile(`^/api/v2/[^/]+/profiles/code/[^/]+/?$`)},
	{OpAuthorize, "POST", regexp.MustCompile(`^/api/v2/[^/]+/decisions/authorize/[^/]+/?$`)},
	{OpPreauthorize, "POST", regexp.MustCompile(`^/api/v2/[^/]+/decisions/preauthorize/[^/]+/?$`)},
	{OpLogout, "GET", regexp.MustCompile(`^/api/v2/[^/]+/logout/[^/]+/?$`)},
	{OpSSOSessions, "POST", regexp.MustCompile(`^/api/v2/[^/]+/sessions/sso/[^/]+/?$`)},
	{OpSSOProfiles, "POST", regexp.MustCompile(`^/api/v2/[^/]+/profiles/sso/[^/]+/?$`)},
}

// lookup finds the operation by the contract's grammar.
func lookup(method, path string) Op {
	for _, d := range documented {
		if d.method == method && d.path.MatchString(path) {
			return d.op
		}
	}
	return OpUnknown
}

func TestEveryOperationHasADocumentedPath(t *testing.T) {
	if len(documented) != int(NumOps)-1 {
		t.Fatalf("%d documented paths for %d operations", len(documented), NumOps-1)
	}
	for _, d := range documented {
		op := d.op.Describe()
		if op.Method != d.method || !d.path.MatchString(op.Template) {
			t.Errorf("%v: %s %s is not as documented", d.op, op.Method, op.Template)
		}
		got, ok := ParseOp(op.Name)
		if !ok || got != d.op || d.op.String() != op.Name {
			t.Errorf("ParseOp(%q) = %v, %v", op.Name, got, ok)
		}
	}
}

func TestMatchFindsTheOperationAndItsParameters(t *testing.T) {
	tests := []struct {
		method, path string
		op           Op
		params       PathParams
	}{
		{"POST", "/o/client/register", OpRegister, PathParams{}},
		{"GET", "/o/client/token", OpToken, PathParams{}},
		{"GET", "/api/v2/REF30/configuration", OpConfiguration, PathParams{ServiceProvider: "REF30"}},
		{"GET", "/api/v2/REF30/configuration/", OpConfiguration, PathParams{ServiceProvider: "REF30"}},
		{"POST", "/api/v2/REF30/sessions", OpSessionsCreate, PathParams{ServiceProvider: "REF30"}},
		{"GET", "/api/v2/REF30/sessions", OpSessionsCreate, PathParams{ServiceProvider: "REF30"}},
		{"POST", "/api/v2/REF30/sessions/8ER640M", OpSessionsResume, PathParams{ServiceProvider: "REF30", Code: "8ER640M"}},
		{"GET", "/api/v2/REF30/sessions/8ER640M/", OpSessionsRetrieve, PathParams{ServiceProvider: "REF30", Code: "8ER640M"}},
		{"GET", "/api/v2/authenticate/REF30/8ER640M", OpAuthenticate, PathParams{ServiceProvider: "REF30", Code: "8ER640M"}},
		{"GET", "/api/v2/REF30/profiles", OpProfilesList, PathParams{ServiceProvider: "REF30"}},
		{"GET", "/api/v2/REF30/profiles/Cable%2Fvision", OpProfilesMVPD, PathParams{ServiceProvider: "REF30", MVPD: "Cable%2Fvision"}},
		{"GET", "/api/v2/REF30/profiles/code/8ER640M", OpProfilesCode, PathParams{ServiceProvider: "REF30", Code: "8ER640M"}},
		{"POST", "/api/v2/REF30/decisions/authorize/X", OpAuthorize, PathParams{ServiceProvider: "REF30", MVPD: "X"}},
		{"POST", "/api/v2/REF30/decisions/preauthorize/X", OpPreauthorize, PathParams{ServiceProvider: "REF30", MVPD: "X"}},
		{"GET", "/api/v2/REF30/logout/X", OpLogout, PathParams{ServiceProvider: "REF30", MVPD: "X"}},
		{"POST", "/api/v2/REF30/sessions/sso/Apple", OpSSOSessions, PathParams{ServiceProvider: "REF30", Partner: "Apple"}},
		{"POST", "/api/v2/REF30/profiles/sso/Apple", OpSSOProfiles, PathParams{ServiceProvider: "REF30", Partner: "Apple"}},
	}
	for _, tt := range tests {
		op, params, ok := Match(tt.method, tt.path)
		if !ok || op != tt.op || params != tt.params {
			t.Errorf("Match(%s %s) = %v, %+v, %v, want %v, %+v", tt.method, tt.path, op, params, ok, tt.op, tt.params)
		}
	}
}

func TestMatchRefusesSlipsAndNearMisses(t *testing.T) {
	for _, path := range []string{
		"", "/", "/o/client", "/o/client/register/", "/o/client/token/", "/o/client/tokens", "/o/client/scopes",
		"/o/client/validate", "/api/v2", "/api/v2/", "/api/v2/REF30", "/api/v2//configuration",
		"/api/v1/REF30/configuration", "/api/v2/REF30/configuration//", "/api/v2/REF30/Configuration",
		"/API/v2/REF30/configuration", "/api/v2/REF30/configurations", "/api/v2/REF30/sessions//",
		"/api/v2/REF30/decisions", "/api/v2/REF30/decisions/authorize", "/api/v2/REF30/decisions/authorize/X/Y",
		"/api/v2/REF30/sessions/sso/Apple/more", "/api/v2/REF30/profiles/mvpd/X", "/api/v2/authenticate",
		"/api/v2/authenticate/REF30", "/api/v2/authenticate/REF30/8ER640M/x", "/x/api/v2/REF30/configuration",
		// The slips of A-20: samples and cookbooks against the tables.
		"/api/v2/sessions/REF30/8ER640M", "/api/v2/logout/REF30/X", "/api/v2/REF30/decision/authorize/X",
		"/api/v2/REF30/logout", "/api/v2/REF30/logout/",
	} {
		for _, method := range []string{"GET", "POST"} {
			if op, params, ok := Match(method, path); ok || op != OpUnknown || params != (PathParams{}) {
				t.Errorf("Match(%s %q) = %v, %+v, %v, want no operation", method, path, op, params, ok)
			}
		}
	}
}

// segments make paths that are almost right. The grammar is unambiguous only
// while no service provider is called authenticate, so that name is not here.
var segments = []string{
	"api", "v2", "o", "client", "register", "token", "REF30", "configuration", "sessions", "profiles", "code",
	"sso", "Apple", "decisions", "authorize", "preauthorize", "logout", "X", "",
}

func TestMatchAgreesWithTheDocumentedGrammarOnAnyPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"/api/v2/", "/api/v2/authenticate/X/", "/o/client/", "/", ""}).Draw(t, "prefix")
		path := prefix + strings.Join(rapid.SliceOfN(rapid.SampledFrom(segments), 0, 5).Draw(t, "segments"), "/")
		methods := rapid.Permutation([]string{"GET", "POST"}).Draw(t, "methods")
		// A wrong method is not Match's business, so the other one may decide.
		want := lookup(methods[0], path)
		if want == OpUnknown {
			want = lookup(methods[1], path)
		}
		if got, _, ok := Match(methods[0], path); got != want || ok != (want != OpUnknown) {
			t.Fatalf("Match(%s %s) = %v, %v, want %v", methods[0], path, got, ok, want)
		}
	})
}

func TestEncodedTargetsMatchTheirOperation(t *testing.T) {
	param := rapid.StringOfN(rapid.OneOf(
		rapid.RuneFrom([]rune("/ %?#&+=;.:@\\\"'<>äß日\x00\n")), rapid.Rune()), 1, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		req := Request{
			Op:              rapid.Custom(func(t *rapid.T) Op { return Op(rapid.IntRange(1, int(NumOps)-1).Draw(t, "n")) }).Draw(t, "op"),
			ServiceProvider: param.Filter(func(s string) bool { return s != "authenticate" }).Draw(t, "serviceProvider"),
			MVPD:            param.Draw(t, "mvpd"),
			Code:            param.Draw(t, "code"),
			Partner:         param.Draw(t, "partner"),
			RedirectURL:     param.Draw(t, "redirectUrl"),
		}
		var wire HTTPRequest
		req.Encode(nil, &wire)
		op, params, ok := Match(wire.Method, wire.Path())
		if !ok || op != req.Op {
			t.Fatalf("%v encodes to %q, which matches %v, %v", req.Op, wire.Target, op, ok)
		}
		for got, want := range map[string]string{
			params.ServiceProvider: req.ServiceProvider, params.MVPD: req.MVPD,
			params.Code: req.Code, params.Partner: req.Partner,
		} {
			if plain, err := url.PathUnescape(got); err != nil || got != "" && plain != want {
				t.Fatalf("segment %q of %q reads %q, %v, want %q", got, wire.Target, plain, err, want)
			}
		}
		if op == OpLogout {
			query, err := url.ParseQuery(wire.Query())
			if err != nil || query.Get("redirectUrl") != req.RedirectURL {
				t.Fatalf("query %q reads %v, %v, want %q", wire.Query(), query, err, req.RedirectURL)
			}
		}
	})
}

package check

import (
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
)

func TestRulingsBecomeVerdictsByLevelRuleSetAndStrictness(t *testing.T) {
	levels := func(doc, rfc spec.Level) spec.Check {
		return spec.Check{ID: "x.y", Title: "It is.", Refs: []string{"page", "RFC 1 section 2"}, Deviation: "another way", Levels: spec.Levels{AdobeDoc: doc, RFC: rfc, Harden: rfc}}
	}
	for _, tt := range []struct {
		name   string
		c      spec.Check
		kind   RulingKind
		rules  spec.RuleSet
		strict bool
		want   Verdict
	}{
		{"a met requirement", levels(spec.Must, spec.Must), Met, spec.AdobeDoc, false, Pass},
		{"an unmet MUST", levels(spec.Must, spec.Must), Unmet, spec.AdobeDoc, false, Fail},
		{"an unmet DOC", levels(spec.Doc, spec.May), Unmet, spec.AdobeDoc, false, Fail},
		{"an unmet DOC under the RFC", levels(spec.Doc, spec.May), Unmet, spec.RFC, false, Info},
		{"an unmet SHOULD", levels(spec.Should, spec.Must), Unmet, spec.AdobeDoc, false, Warn},
		{"an unmet SHOULD, strictly", levels(spec.Should, spec.Must), Unmet, spec.AdobeDoc, true, Fail},
		{"an unmet BCP", levels(spec.BCP, spec.BCP), Unmet, spec.RFC, false, Warn},
		{"an unmet MAY, strictly", levels(spec.May, spec.May), Unmet, spec.AdobeDoc, true, Info},
		{"a documented deviation", levels(spec.Doc, spec.Must), Deviates, spec.AdobeDoc, true, Info},
		{"a documented deviation under the RFC", levels(spec.Doc, spec.Must), Deviates, spec.RFC, false, Fail},
		{"a tolerant reading", levels(spec.Doc, spec.Must), Tolerated, spec.AdobeDoc, false, Warn},
		{"a tolerant reading, strictly", levels(spec.Doc, spec.Must), Tolerated, spec.AdobeDoc, true, Fail},
		{"a tolerant reading of the vendor under the RFC", levels(spec.Doc, spec.Must), Tolerated, spec.RFC, false, Pass},
		{"an absent feature", levels(spec.Must, spec.Must), Absent, spec.AdobeDoc, false, Skip},
		{"a blocked check", levels(spec.Must, spec.Must), Blocked, spec.AdobeDoc, false, BlockedBy},
		{"an unclear one", levels(spec.Must, spec.Must), Unclear, spec.AdobeDoc, false, Inconclusive},
		{"a crash", levels(spec.May, spec.May), Crashed, spec.AdobeDoc, false, Error},
		{"no ruling", levels(spec.Must, spec.Must), Unruled, spec.AdobeDoc, false, Inconclusive},
	} {
		got := assess(tt.c, &Ruling{Kind: tt.kind, Want: "a", Got: "b"}, tt.rules, tt.strict)
		if got.Verdict != tt.want || got.Message == "" {
			t.Errorf("%s: got %s %q, want %s", tt.name, got.Verdict, got.Message, tt.want)
		}
	}
	if got := assess(levels(spec.Must, spec.Must), nil, "", false); got.Verdict != Inconclusive {
		t.Errorf("a check that nobody ruled on: got %s", got.Verdict)
	}
}

func resultOf(v Verdict, level spec.Level, unprovable bool) Result {
	return Result{Check: spec.Check{ID: "reg.body", Title: "T & <T>."}, Level: level, Verdict: v, Message: "\x00 <&", unprovable: unprovable}
}

func TestARunHasOneStatusAndOneExitCode(t *testing.T) {
	for _, tt := range []struct {
		name    string
		results []Result
		gate    Gate
		status  Status
		code    int
	}{
		{"all met", []Result{resultOf(Pass, spec.Must, false)}, Gate{Answered: true}, Conformant, 0},
		{"a warning", []Result{resultOf(Warn, spec.Should, false)}, Gate{Answered: true}, Conformant, 0},
		{"a failure", []Result{resultOf(Fail, spec.Must, false)}, Gate{Answered: true}, Nonconformant, 1},
		{"an absent feature", []Result{resultOf(Skip, spec.Must, false)}, Gate{Answered: true}, Conformant, 0},
		{"an open requirement", []Result{resultOf(Skip, spec.Must, true)}, Gate{Answered: true}, Partial, 0},
		{"an open requirement that must not be", []Result{resultOf(Inconclusive, spec.Doc, false)}, Gate{Answered: true, RequireComplete: true}, Partial, 3},
		{"a fault of the suite", []Result{resultOf(Error, spec.May, false), resultOf(Fail, spec.Must, false)}, Gate{Answered: true}, Unreliable, 3},
		{"no answer", []Result{resultOf(Inconclusive, spec.Must, false)}, Gate{}, Unreliable, 3},
		{"an interruption", []Result{resultOf(Fail, spec.Must, false)}, Gate{Answered: true, Interrupted: true}, Interrupted, 130},
	} {
		r := Judge(tt.results, tt.gate)
		if r.Status != tt.status || r.ExitCode != tt.code || len(r.Reasons) == 0 {
			t.Errorf("%s: got %s, %d, %v; want %s, %d", tt.name, r.Status, r.ExitCode, r.Reasons, tt.status, tt.code)
		}
	}
}

func TestExpectationsNeedAReasonAndADay(t *testing.T) {
	good := "- {check: reg.*, reason: known, expires: 2026-12-31, target: 'http://*', link: x, verdict: WARN}\n"
	if rows, err := ParseExpectations([]byte(good)); err != nil || len(rows) != 1 || rows[0].Verdict != Warn {
		t.Errorf("got %v, %v", rows, err)
	}
	for _, bad := range []string{
		"- {check: a}", "- {check: a, reason: r}", "- {check: a, expires: 2026-12-31}", "- {reason: r, expires: 2026-12-31}",
		"- {check: a, reason: r, expires: soon}", "- {check: '[', reason: r, expires: 2026-12-31}",
		"- {check: a, reason: r, expires: 2026-12-31, verdict: PASS}", "- {check: a, colour: red}", "[",
	} {
		if _, err := ParseExpectations([]byte(bad)); err == nil {
			t.Errorf("%s: got no error", bad)
		}
	}
}

func TestAnExpectationIsGoodOnItsLastDay(t *testing.T) {
	x := Expectation{Check: "reg.body", Verdict: Fail, Reason: "r", Expires: "2026-12-31"}
	for day, want := range map[string]int{"2026-12-31": 0, "2027-01-02": 1} {
		today, _ := time.Parse("2006-01-02", day)
		r := Judge([]Result{resultOf(Fail, spec.Must, false)}, Gate{Answered: true, Expectations: []Expectation{x}, Today: today.Add(20 * time.Hour)})
		if r.ExitCode != want {
			t.Errorf("on %s: got %d %v, want %d", day, r.ExitCode, r.Reasons, want)
		}
	}
}

func TestChallengesParseAsRFC9110Says(t *testing.T) {
	for _, tt := range []struct {
		value string
		ok    bool
	}{
		{`Bearer realm="a"`, true}, {`Bearer realm="a, b", error="invalid_token"`, true}, {`bearer error=invalid_token`, true},
		{`Bearer realm="a\"b"`, true}, {`Bearer`, true}, {``, false}, {`realm="a"`, false}, {`Bearer realm="a", realm="b"`, false},
		{`Bearer realm="a`, false}, {`Bearer realm`, false}, {`Bearer realm="a" error="b"`, false},
	} {
		if _, why := parseChallenge(tt.value); (why == "") != tt.ok {
			t.Errorf("%q: got %q, want ok %v", tt.value, why, tt.ok)
		}
	}
}

func TestStoringIsForbiddenInAnySpelling(t *testing.T) {
	for _, tt := range []struct {
		header api.Header
		want   bool
	}{
		{api.Header{{Name: "Cache-Control", Value: "no-store"}}, true},
		{api.Header{{Name: "cache-control", Value: "private, No-Store"}}, true},
		{api.Header{{Name: "Cache-Control", Value: "private"}, {Name: "Cache-Control", Value: "no-store"}}, true},
		{api.Header{{Name: "Cache-Control", Value: "no-storey"}}, false},
		{nil, false},
	} {
		if got := noStore(tt.header); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.header, got, tt.want)
		}
	}
}

func TestMessagesShowNoValueThatMayBeASecret(t *testing.T) {
	for _, s := range []string{strings.Repeat("a", 61), "a\nb", "\xff", `a"b`, "a<b"} {
		if got := safe(s); strings.Contains(got, s) {
			t.Errorf("%q is shown", s)
		}
	}
	if got := safe("invalid_request"); got != `"invalid_request"` {
		t.Errorf("got %s", got)
	}
}

func FuzzChallengesAndExpectationsNeverPanic(f *testing.F) {
	f.Add(`Bearer realm="a"`)
	f.Add("- {check: a, reason: r, expires: 2026-12-31}")
	f.Fuzz(func(t *testing.T, s string) {
		parseChallenge(s)
		ParseExpectations([]byte(s))
	})
}

func TestAnAlteredTokenDiffersInBitsThatCount(t *testing.T) {
	for _, token := range []string{"abcd", "A", "P~", "0.A", "wwAw"} {
		for at := range len(token) {
			got := altered(token, at)
			if got == token || len(got) != len(token) {
				t.Errorf("%q at %d: got %q", token, at, got)
			}
		}
	}
}

func TestAnswersThatBreakOffAreOneFailure(t *testing.T) {
	result := func(id string, v Verdict, op api.Op) Result {
		return Result{Check: spec.Check{ID: id}, Verdict: v, broken: true, op: op}
	}
	for _, tt := range []struct {
		name string
		in   []Result
		want string
	}{
		{"of one operation", []Result{
			result("tok.access-token", Fail, api.OpToken), result("tok.pragma", Warn, api.OpToken),
			result("session.login", Fail, api.OpProfilesCode), result("v2.profiles.code.status", Fail, api.OpProfilesCode),
		}, "FAIL BLOCKED BLOCKED FAIL"},
		{"of most of the API", []Result{
			result("reg.body", Fail, api.OpRegister), result("api.malformed", Warn, api.OpConfiguration), result("v2.configuration.status", Fail, api.OpConfiguration),
			result("v2.profiles.list.status", Fail, api.OpProfilesList), result("v2.logout.status", Fail, api.OpLogout), result("v2.authenticate.method-405", Fail, api.OpAuthenticate),
		}, "FAIL BLOCKED FAIL BLOCKED BLOCKED BLOCKED"},
		{"that only warn", []Result{result("tok.pragma", Warn, api.OpToken), result("tok.no-store", Warn, api.OpToken)}, "WARN BLOCKED"},
	} {
		settle(tt.in)
		var got []string
		for i := range tt.in {
			got = append(got, string(tt.in[i].Verdict))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, got, tt.want)
		}
	}
}

func TestWhoseMistakeAMissing401IsShowsInTheOtherOperations(t *testing.T) {
	results := func(other Verdict) []Result {
		return []Result{
			{Check: spec.Check{ID: "api.no-token"}, Verdict: Fail},
			{Check: spec.Check{ID: "v2.configuration.no-token-401"}, Verdict: Fail},
			{Check: spec.Check{ID: "v2.logout.no-token-401"}, Verdict: other},
		}
	}
	all, one := results(BlockedBy), results(Pass)
	settle(all)
	settle(one)
	if all[0].Verdict != Fail || all[1].Verdict != BlockedBy || all[2].Message != "It depends on api.no-token." {
		t.Errorf("every operation: %+v", all)
	}
	if one[0].Verdict != BlockedBy || one[1].Verdict != Fail {
		t.Errorf("the configuration alone: %+v", one)
	}
}

// A failure is never hidden behind what only warns.
func TestAWarningBlocksNoFailure(t *testing.T) {
	for _, c := range consequences {
		for _, id := range c.of {
			r := []Result{{Check: spec.Check{ID: c.cause}, Verdict: Warn}, {Check: spec.Check{ID: strings.TrimSuffix(id, "*")}, Verdict: Fail}}
			if settle(r); r[1].Verdict != Fail {
				t.Errorf("%s blocks %s", c.cause, id)
			}
		}
		if _, ok := spec.Lookup(c.cause); !ok && !strings.Contains(c.cause, ".profiles.each.attributes") {
			t.Errorf("%s is no check", c.cause)
		}
	}
}

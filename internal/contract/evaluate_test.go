package contract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
)

func TestSoundAnswersOfEveryOperationHaveNoFinding(t *testing.T) {
	for op := api.OpRegister; op < api.NumOps; op++ {
		if got := findingsOf(Options{}, answerOf(op, successStatus(op), jsonType+";charset=UTF-8", sound[op])); got != "" {
			t.Errorf("%s: got %s", op, got)
		}
		throttled := answerOf(op, 429, htmlType, "<html><head><title>429 Too Many Requests</title></head></html>")
		if got := findingsOf(Options{}, throttled); got != "" {
			t.Errorf("%s with 429: got %s", op, got)
		}
	}
}

func TestUnknownMembersAreNeverAFinding(t *testing.T) {
	for op := api.OpRegister; op < api.NumOps; op++ {
		body := strings.Replace(sound[op], "{", `{"added_later":{"a":[1,null]},`, 1)
		if op == api.OpAuthenticate {
			continue
		}
		if got := findingsOf(Options{Strict: true}, answerOf(op, successStatus(op), jsonType, body)); got != "" {
			t.Errorf("%s: got %s", op, got)
		}
	}
}

// edit returns the sound success of op with one piece replaced.
func edit(op api.Op, old, with string) *record.Exchange {
	if !strings.Contains(sound[op], old) {
		panic("sound body of " + op.String() + " has no " + old)
	}
	return answerOf(op, successStatus(op), jsonType, strings.Replace(sound[op], old, with, 1))
}

// at returns x with the date that its answer was written.
func at(date string, x *record.Exchange) *record.Exchange {
	x.Answer.Header = append(x.Answer.Header, api.Field{Name: "Date", Value: date})
	return x
}

// resuming returns x as the answer to a request that named a code.
func resuming(code string, x *record.Exchange) *record.Exchange {
	x.Request.Code = code
	return x
}

var table = []struct {
	name             string
	x                *record.Exchange
	tolerant, strict string
}{
	{"a status nobody documents is a warning and judged no further",
		answerOf(api.OpProfilesList, 404, htmlType, "<p>"), "status-open 404", "status-open 404"},
	{"a status that no page has is a breach", answerOf(api.OpProfilesList, 202, jsonType, "{}"), "status 202", "status 202"},
	{"a proxy's own status is a warning (A-50)", answerOf(api.OpLogout, 503, htmlType, "<p>"), "status-open 503", "status-open 503"},
	{"a conflict is a breach", answerOf(api.OpRegister, 409, jsonType, "{}"), "status 409", "status 409"},
	{"a teapot of a status is not quoted",
		answerOf(api.OpProfilesList, 1234, "", ""), "status (other)", "status (other)"},
	{"a token under 200 warns and its body is judged",
		answerOf(api.OpToken, 200, jsonType, strings.Replace(sound[api.OpToken], `"id":"i",`, "", 1)),
		"status-open 200\nmember-missing id", "status 200\nmember-missing id"},
	{"a success as HTML", answerOf(api.OpToken, 201, htmlType, "<p>"), "media-type text/html\nbody HTML", "media-type text/html\nbody HTML"},
	{"a success without Content-Type is read all the same",
		answerOf(api.OpLogout, 200, "", sound[api.OpLogout]), "media-type none", "media-type none"},
	{"a strange media type is not quoted",
		answerOf(api.OpLogout, 200, "application/x-secret", sound[api.OpLogout]), "media-type (other)", "media-type (other)"},
	{"a charset other than utf-8", answerOf(api.OpLogout, 200, "application/json;charset=latin", sound[api.OpLogout]), "charset latin", "charset latin"},
	{"an empty success", answerOf(api.OpLogout, 200, jsonType, ""), "body empty", "body empty"},
	{"a truncated success", answerOf(api.OpLogout, 200, jsonType, `{"logouts":`), "body not JSON", "body not JSON"},
	{"an array for an object", answerOf(api.OpLogout, 200, jsonType, `[]`), "body array", "body array"},
	{"a redirect to nowhere", answerOf(api.OpAuthenticate, 302, "", "/relative"), "location Location", "location Location"},
	{"a missing secret", edit(api.OpRegister, `"client_secret":"s",`, ""), "member-missing client_secret", "member-missing client_secret"},
	{"a missing member inside a map", edit(api.OpProfilesList, `"issuer":"m",`, ""), "member-missing profiles.*.issuer", "member-missing profiles.*.issuer"},
	{"a missing member inside a list", edit(api.OpConfiguration, `,"displayName":"M"`, ""), "member-missing requestor.mvpds[].displayName", "member-missing requestor.mvpds[].displayName"},
	{"a missing map", edit(api.OpProfilesList, `"profiles"`, `"Profiles"`), "member-missing profiles", "member-missing profiles"},
	{"an empty map of profiles is sound (A-25)", answerOf(api.OpProfilesCode, 200, jsonType, `{"profiles":{}}`), "", ""},
	{"a number as a string", edit(api.OpRegister, `1700000000`, `"1700000000"`), "member-type client_id_issued_at", "member-type client_id_issued_at"},
	{"null for a required member", edit(api.OpRegister, `"c"`, `null`), "member-type client_id", "member-type client_id"},
	{"null for an optional member", edit(api.OpSessionsCreate, `"mvpd":"m"`, `"mvpd":null,"missingParameters":null`),
		"member-expected authenticate without mvpd", "member-expected authenticate without mvpd"},
	{"a list of numbers for one of strings", edit(api.OpRegister, `["api:client:v2"]`, `[1]`), "member-type scopes", "member-type scopes"},
	{"a profile that is no object", answerOf(api.OpProfilesList, 200, jsonType, `{"profiles":{"m":1}}`), "member-type profiles.*", "member-type profiles.*"},
	{"a session's time as a number is tolerated (A-24)", edit(api.OpSessionsRetrieve, `"1700000001000"`, `1700000001000`), "", "member-type notAfter"},
	{"a profile's time as digits is tolerated (A-24)", edit(api.OpProfilesList, `1700000001000`, `"1700000001000"`), "", "member-type profiles.*.notAfter"},
	{"a time in words", edit(api.OpSessionsRetrieve, `"1700000001000"`, `"soon"`), "member-type notAfter", "member-type notAfter"},
	{"an actionName outside its set", edit(api.OpSessionsCreate, `"authenticate"`, `"authn"`), "enum actionName=authn", "enum actionName=authn"},
	{"a secret of letters is not quoted", edit(api.OpSessionsCreate, `"authenticate"`, `"hunterwhuntswolves"`), "enum actionName=(other)", "enum actionName=(other)"},
	{"a value that might be a secret is not quoted", edit(api.OpSessionsCreate, `"none"`, `"s3cr3t"`),
		"enum reasonType=(other)\nreason authenticate", "enum reasonType=(other)\nreason authenticate"},
	{"a token type in any case", edit(api.OpToken, `"Bearer"`, `"BEARER"`), "", ""},
	{"another token type", edit(api.OpToken, `"Bearer"`, `"mac"`), "enum token_type=mac", "enum token_type=mac"},
	{"a token that has no life", edit(api.OpToken, `21600`, `0`), "member-range expires_in", "member-range expires_in"},
	{"a token's birth in seconds (A-06)", edit(api.OpToken, `1700000000000`, `1700000000`), "time-unit created_at", "member-range created_at"},
	{"a token's birth an hour before the answer (A-06)", at("Tue, 14 Nov 2023 23:13:20 GMT", edit(api.OpToken, "", "")), "", "member-range created_at"},
	{"a token's birth at the time of the answer", at("Tue, 14 Nov 2023 22:13:25 GMT", edit(api.OpToken, "", "")), "", ""},
	{"a token's birth under a date that is none", at("yesterday", edit(api.OpToken, "", "")), "", ""},
	{"another code than the one resumed (A-23)", resuming("D", edit(api.OpSessionsResume, "", "")), "", "session-code code"},
	{"the code that was resumed", resuming("C", edit(api.OpSessionsResume, "", "")), "", ""},
	{"authenticate without a code", edit(api.OpSessionsCreate, `"code":"C",`, ""), "member-conditional authenticate without code", "member-conditional authenticate without code"},
	{"a resume answer that authorizes needs no code (A-23)", answerOf(api.OpSessionsResume, 200, jsonType,
		`{"actionName":"authorize","actionType":"direct","reasonType":"authenticated","sessionId":"s","serviceProvider":"r"}`), "", ""},
	{"a permission to play without its token", edit(api.OpAuthorize, `,"token":{"notBefore":1,"notAfter":2,"serializedToken":"x"}`, ""),
		"member-expected permission without token", "member-expected permission without token"},
	{"a denial without its error", edit(api.OpAuthorize, `,"error":`+soundDenial, ""), "", "member-expected denial without error"},
	{"a preauthorization with a token", edit(api.OpPreauthorize, `"source":"mvpd"`, `"source":"mvpd","token":{}`),
		"member-unexpected decisions[].token", "member-unexpected decisions[].token"},
	{"a permission with an error", edit(api.OpPreauthorize, `"source":"mvpd"`, `"source":"mvpd","error":`+soundDenial),
		"member-unexpected permission with error", "member-unexpected permission with error"},
	{"a completed logout with a url (A-47)", edit(api.OpLogout, `"logout","actionType":"interactive"`, `"complete","actionType":"none"`),
		"member-unexpected complete with url", "member-unexpected complete with url"},
	{"a logout of the wrong type", edit(api.OpLogout, `"interactive"`, `"none"`), "combination logout", "combination logout"},
	{"a reason of another action", edit(api.OpSessionsCreate, `"none"`, `"degraded"`), "reason authenticate", "reason authenticate"},
}

var errorTable = []struct {
	name             string
	x                *record.Exchange
	tolerant, strict string
}{
	{"a documented DCR error", answerOf(api.OpToken, 400, jsonType, `{"error":"invalid_client"}`), "", ""},
	{"a DCR error of the other operation", answerOf(api.OpToken, 400, jsonType, `{"error":"invalid_redirect_uri"}`),
		"dcr-error-code invalid_redirect_uri", "dcr-error-code invalid_redirect_uri"},
	{"an enhanced error at a DCR operation", answerOf(api.OpRegister, 400, jsonType, soundError), "error-form error", "error-form error"},
	{"an empty DCR error", answerOf(api.OpRegister, 400, jsonType, `{}`), "error-form error", "error-form error"},
	{"a DCR error as HTML", answerOf(api.OpRegister, 400, htmlType, `<p>`), "media-type text/html\nbody HTML", "media-type text/html\nbody HTML"},
	{"a documented enhanced error", answerOf(api.OpProfilesMVPD, 400, jsonType, soundError), "", ""},
	{"an error without a body", answerOf(api.OpProfilesMVPD, 401, "", ""), "", ""},
	{"an old-style 401 is tolerated (A-16)", answerOf(api.OpProfilesMVPD, 401, jsonType, `{"error":"access_denied"}`), "", "error-form error"},
	{"an old-style 400 is not", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"error":"access_denied"}`), "error-form error", "error-form error"},
	{"an enhanced error without action", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"status":400,"code":"invalid_parameter_mvpd"}`),
		"error-member action", "error-member action"},
	{"an enhanced error without anything", answerOf(api.OpProfilesMVPD, 400, jsonType, `{}`),
		"error-member action\nerror-member status\nerror-member code", "error-member action\nerror-member status\nerror-member code"},
	{"a status in words", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"none","status":"400","code":"invalid_parameter_mvpd"}`),
		"error-member status", "error-member status"},
	{"a relative helpUrl", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"none","status":400,"code":"invalid_parameter_mvpd","helpUrl":"/help"}`),
		"error-member helpUrl", "error-member helpUrl"},
	{"an escaped helpUrl", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"none","status":400,"code":"invalid_parameter_mvpd","helpUrl":"https:\/\/h.example"}`), "", ""},
	{"a code that no list has", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"none","status":400,"code":"brand_new"}`),
		"error-unknown-code brand_new", "error-unknown-code brand_new"},
	{"a code of known and unknown words", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"none","status":400,"code":"mvpd_frobnicated"}`),
		"error-unknown-code mvpd_*", "error-unknown-code mvpd_*"},
	{"a code that might be a secret", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"none","status":400,"code":"a1b2c3"}`),
		"error-unknown-code (other)", "error-unknown-code (other)"},
	{"a code of the old API", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"none","status":400,"code":"invalid_requestor"}`),
		"error-legacy-code invalid_requestor", "error-legacy-code invalid_requestor"},
	{"a code that only the OpenAPI file has", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"none","status":400,"code":"degraded_integration"}`), "", ""},
	{"an action outside the set", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"dance","status":400,"code":"invalid_parameter_mvpd"}`),
		"error-unknown-action (other)", "error-unknown-action (other)"},
	{"another action than listed", answerOf(api.OpProfilesMVPD, 400, jsonType, `{"action":"retry","status":400,"code":"invalid_parameter_mvpd"}`),
		"error-action invalid_parameter_mvpd", "error-action invalid_parameter_mvpd"},
	{"an action that a sample shows (A-39)", answerOf(api.OpProfilesMVPD, 403, jsonType, `{"action":"none","status":403,"code":"temporary_access_duration_limit_exceeded"}`),
		"", "error-action temporary_access_duration_limit_exceeded"},
	{"another status than listed", answerOf(api.OpProfilesMVPD, 500, jsonType, `{"action":"none","status":500,"code":"invalid_parameter_mvpd"}`),
		"error-status invalid_parameter_mvpd", "error-status invalid_parameter_mvpd"},
	{"a status that is not the HTTP status", answerOf(api.OpProfilesMVPD, 500, jsonType, soundError), "error-http-status 400", "error-http-status 400"},
	{"a top-level error inside a decision", edit(api.OpAuthorize, soundDenial, soundError), "error-level invalid_parameter_mvpd", "error-level invalid_parameter_mvpd"},
	{"a denial as a 403 is tolerated (A-27)", answerOf(api.OpAuthorize, 403, jsonType, soundDenial), "", "error-level authorization_denied_by_mvpd"},
	{"a wrong action inside a decision", edit(api.OpAuthorize, `"action":"none"`, `"action":"retry"`),
		"error-action authorization_denied_by_mvpd", "error-action authorization_denied_by_mvpd"},
	{"a decision's error without code", edit(api.OpAuthorize, `,"code":"authorization_denied_by_mvpd"`, ""),
		"error-member decisions[].error.code", "error-member decisions[].error.code"},
	{"the user agent's error may be HTML (A-26)", answerOf(api.OpAuthenticate, 400, htmlType, "<p>"), "", ""},
	{"the user agent's error may be JSON (A-26)", answerOf(api.OpAuthenticate, 400, jsonType, `{"action":"none","status":400,"code":"invalid_parameter_code"}`), "", ""},
	{"an error of the API as HTML", answerOf(api.OpLogout, 500, htmlType, "<p>"), "media-type text/html\nbody HTML", "media-type text/html\nbody HTML"},
}

func TestFindings(t *testing.T) {
	for _, tt := range append(table, errorTable...) {
		t.Run(tt.name, func(t *testing.T) {
			if got := findingsOf(Options{}, tt.x); got != tt.tolerant {
				t.Errorf("tolerant: got\n%s\nwant\n%s", got, tt.tolerant)
			}
			if got := findingsOf(Options{Strict: true}, tt.x); got != tt.strict {
				t.Errorf("strict: got\n%s\nwant\n%s", got, tt.strict)
			}
		})
	}
}

func TestEveryRuleIsSeenRedAndExplainsItself(t *testing.T) {
	red := map[string]bool{}
	for _, tt := range append(table, errorTable...) {
		for _, o := range []Options{{}, {Strict: true}} {
			NewEvaluator(o).Evaluate(tt.x, func(f Finding) {
				red[f.Rule.ID] = true
				if m := f.Message(); !strings.HasPrefix(m, f.Rule.says) || len(m) > 200 {
					t.Errorf("message %q", m)
				}
			})
		}
	}
	for _, r := range Rules() {
		if !red[r.ID] {
			t.Errorf("%s was never seen red", r.ID)
		}
		if !strings.HasPrefix(r.ID, "contract.") || r.Title == "" || len(r.Refs) == 0 {
			t.Errorf("%q lacks its title or references", r.ID)
		}
	}
}

func TestExchangesWithoutAnAnswerAreNotJudged(t *testing.T) {
	x := &record.Exchange{Request: &api.Request{Op: api.OpToken}, Response: &api.Response{Outcome: api.OutcomeTransport, Err: api.ErrTimeout}}
	if n := NewEvaluator(Options{}).Evaluate(x, func(f Finding) { t.Error(f.Message()) }); n != 0 {
		t.Errorf("got %d evaluations, want 0", n)
	}
}

func TestJudgingSoundAnswersAllocatesNothing(t *testing.T) {
	e := NewEvaluator(Options{})
	emit := func(f Finding) { t.Error(f.Message()) }
	for op := api.OpRegister; op < api.NumOps; op++ {
		x := answerOf(op, successStatus(op), jsonType, sound[op])
		if got := testing.AllocsPerRun(100, func() { e.Evaluate(x, emit) }); got != 0 {
			t.Errorf("%s: %v allocations", op, got)
		}
	}
}

func TestAnAnswerIsJudgedTheSameWhateverWasJudgedBefore(t *testing.T) {
	good := sound[api.OpConfiguration]
	answers := []*record.Exchange{
		answerOf(api.OpConfiguration, 200, jsonType, good),
		answerOf(api.OpConfiguration, 200, jsonType, good),
		answerOf(api.OpConfiguration, 200, "text/html", good),
		answerOf(api.OpConfiguration, 201, jsonType, good),
		answerOf(api.OpConfiguration, 200, jsonType, strings.Replace(good, `"id":"r"`, `"id":123`, 1)),
		answerOf(api.OpConfiguration, 200, jsonType, strings.Replace(good, `"name"`, `"nama"`, 1)),
		answerOf(api.OpConfiguration, 200, jsonType, `{}`),
		answerOf(api.OpConfiguration, 200, jsonType, ``),
		answerOf(api.OpConfiguration, 429, jsonType, good),
		answerOf(api.OpRegister, 200, jsonType, good),
		answerOf(api.OpRegister, 201, jsonType, sound[api.OpRegister]),
	}
	judge := func(e *Evaluator, x *record.Exchange) string {
		var b strings.Builder
		n := e.Evaluate(x, func(f Finding) { fmt.Fprintln(&b, f.Rule.ID, f.Detail, f.Want, f.Got) })
		return fmt.Sprint(n, "\n", b.String())
	}
	used := NewEvaluator(Options{})
	for i, first := range answers {
		for j, second := range answers {
			judge(used, first)
			if got, want := judge(used, second), judge(NewEvaluator(Options{}), second); got != want {
				t.Errorf("answer %d after answer %d: %s, by itself: %s", j, i, got, want)
			}
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for _, op := range []api.Op{api.OpToken, api.OpConfiguration, api.OpProfilesList, api.OpAuthorize} {
		b.Run(op.String(), func(b *testing.B) {
			e, x := NewEvaluator(Options{}), answerOf(op, successStatus(op), jsonType, sound[op])
			b.ReportAllocs()
			for b.Loop() {
				e.Evaluate(x, func(Finding) {})
			}
		})
	}
}

func FuzzEvaluate(f *testing.F) {
	for _, tt := range append(table, errorTable...) {
		f.Add(uint8(tt.x.Request.Op), tt.x.Answer.Status, tt.x.Answer.Header.Get("Content-Type"), tt.x.Answer.Body)
	}
	f.Fuzz(func(t *testing.T, op uint8, status int, contentType string, body []byte) {
		x := answerOf(api.Op(op)%api.NumOps, status, contentType, string(body))
		for _, o := range []Options{{}, {Strict: true}} {
			NewEvaluator(o).Evaluate(x, func(f Finding) {
				if len(f.Detail) > 80 || strings.ContainsFunc(f.Detail, func(r rune) bool { return r < ' ' || r > '~' }) {
					t.Errorf("detail %q", f.Detail)
				}
				_ = f.Message()
			})
		}
	})
}

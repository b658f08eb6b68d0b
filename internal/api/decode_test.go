package api

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// answer builds an answer with a JSON body.
func answer(status int, body string, fields ...Field) *HTTPResponse {
	h := append(Header{{"content-type", "application/json;charset=UTF-8"}}, fields...)
	return &HTTPResponse{Status: status, Header: h, Body: []byte(body)}
}

// decoded decodes into memory that an earlier answer has dirtied.
func decoded(op Op, ans *HTTPResponse) Response {
	var doc jsondoc.Doc
	_ = doc.Parse([]byte(`{"access_token":"old"}`))
	res := Response{
		Outcome: OutcomeOK, Err: ErrTimeout, ClientID: "old", ClientSecret: "old", AccessToken: "old", ExpiresIn: 1,
		Action: ActionLogout, Code: "old", NotAfter: time.Unix(1, 0), Profiles: 9, Permitted: 9, Denied: 9,
		RetryItems: 9, ErrorCode: "old", ErrorAction: ErrorActionRetry,
	}
	Decode(op, ans, &doc, &res)
	return res
}

const (
	goodRegister = `{"client_id":"cid","client_secret":"sec","client_id_issued_at":1700000000,"redirect_uris":[]}`
	goodToken    = `{"id":"1","access_token":"tok","created_at":1700000000000,"expires_in":21600,"token_type":"Bearer"}`
	sessionBody  = `{"actionName":"authenticate","actionType":"interactive","code":"8ER640M","notAfter":"1700000000123"}`
	profilesBody = `{"profiles":{"A":{"notAfter":1700000000123},"B":{"notAfter":5}}}`
)

var moment = time.UnixMilli(1700000000123).UTC()

func TestDecodeReadsEachSuccess(t *testing.T) {
	tests := []struct {
		name   string
		op     Op
		status int
		body   string
		want   Response
	}{
		{"a registration", OpRegister, 201, goodRegister, Response{ClientID: "cid", ClientSecret: "sec"}},
		{"a token", OpToken, 201, goodToken, Response{AccessToken: "tok", ExpiresIn: 6 * time.Hour}},
		{"a token under 200", OpToken, 200, goodToken, Response{AccessToken: "tok", ExpiresIn: 6 * time.Hour}},
		{"a configuration", OpConfiguration, 200, `{"requestor":{"id":"REF30","mvpds":[]}}`, Response{}},
		{"a session to authenticate", OpSessionsCreate, 200, sessionBody,
			Response{Action: ActionAuthenticate, Code: "8ER640M", NotAfter: moment}},
		{"a session that needs nothing", OpSessionsCreate, 200, `{"actionName":"authorize"}`, Response{Action: ActionAuthorize}},
		{"an action of the future", OpSessionsCreate, 200, `{"actionName":"dance"}`, Response{}},
		{"a resumed session without code", OpSessionsResume, 200, `{"actionName":"retry","notAfter":1700000000123}`,
			Response{Action: ActionRetry, NotAfter: moment}},
		{"a session read", OpSessionsRetrieve, 200, `{"notAfter":"1700000000123"}`, Response{NotAfter: moment}},
		{"no profiles yet", OpProfilesCode, 200, `{"profiles":{}}`, Response{}},
		{"two profiles", OpProfilesList, 200, profilesBody, Response{Profiles: 2, NotAfter: moment}},
		{"a partner profile under 201", OpSSOProfiles, 201, profilesBody, Response{Profiles: 2, NotAfter: moment}},
		{"a partner profile under 200", OpSSOProfiles, 200, profilesBody, Response{Profiles: 2, NotAfter: moment}},
		{"a partner request", OpSSOSessions, 200, `{"actionName":"partner_profile"}`, Response{Action: ActionPartnerProfile}},
		{"decisions", OpAuthorize, 200, `{"decisions":[{"authorized":true},{"authorized":false,"error":{"code":
			"network_received_error","action":"retry","status":403}},{"authorized":false,"error":{"code":"x","action":"none"}},{}]}`,
			Response{Permitted: 1, Denied: 3, RetryItems: 1, ErrorCode: "network_received_error", ErrorAction: ErrorActionRetry}},
		{"a denial without an error", OpPreauthorize, 200, `{"decisions":[{"authorized":false},{"error":{"code":"y"}}]}`,
			Response{Denied: 2}},
		{"no decisions", OpPreauthorize, 200, `{"decisions":[]}`, Response{}},
		{"a logout", OpLogout, 200, `{"logouts":{"A":{"actionName":"logout"},"B":{"actionName":"complete"}}}`,
			Response{Action: ActionLogout}},
		{"nothing to log out of", OpLogout, 200, `{"logouts":{}}`, Response{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Status, tt.want.Outcome, tt.want.RetryAfter = tt.status, OutcomeOK, -1
			if diff := cmp.Diff(tt.want, decoded(tt.op, answer(tt.status, tt.body))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeFollowsOnlyTheRedirectOfTheUserAgent(t *testing.T) {
	location := Field{"location", "https://login.example.com/"}
	tests := []struct {
		op     Op
		status int
		fields []Field
		want   Outcome
	}{
		{OpAuthenticate, 302, []Field{location}, OutcomeOK},
		{OpAuthenticate, 302, nil, OutcomeUnusable},
		{OpAuthenticate, 200, []Field{location}, OutcomeUnusable},
		{OpAuthenticate, 301, []Field{location}, OutcomeUnusable},
		{OpAuthenticate, 400, []Field{location}, OutcomeRefused},
		{OpToken, 302, []Field{location}, OutcomeUnusable},
		{OpLogout, 302, []Field{location}, OutcomeUnusable},
	}
	for _, tt := range tests {
		ans := &HTTPResponse{Status: tt.status, Header: tt.fields, Body: []byte("<html>")}
		if got := decoded(tt.op, ans).Outcome; got != tt.want {
			t.Errorf("%v %d %v: %v, want %v", tt.op, tt.status, tt.fields, got, tt.want)
		}
	}
}

func TestDecodeRefusesASuccessThatIsOfNoUse(t *testing.T) {
	with := func(old, repl string) string { return strings.Replace(goodToken, old, repl, 1) }
	tests := []struct {
		name   string
		op     Op
		status int
		body   string
	}{
		{"a registration under 200", OpRegister, 200, goodRegister},
		{"no secret", OpRegister, 201, `{"client_id":"cid"}`},
		{"an empty id", OpRegister, 201, `{"client_id":"","client_secret":"sec"}`},
		{"an id that is a number", OpRegister, 201, `{"client_id":1,"client_secret":"sec"}`},
		{"a token under 204", OpToken, 204, goodToken},
		{"an array", OpToken, 201, `[` + goodToken + `]`},
		{"a cut body", OpToken, 201, goodToken[:40]},
		{"an empty body", OpToken, 201, ""},
		{"a life beyond all bounds", OpToken, 201, with("21600", "1e300")},
		{"a negative life", OpToken, 201, with("21600", "-1")},
		{"no life left", OpToken, 201, with("21600", "0")},
		{"a life as a string", OpToken, 201, with("21600", `"21600"`)},
		{"a fraction of a second", OpToken, 201, with("21600", "0.5")},
		{"another token type", OpToken, 201, with("Bearer", "mac")},
		{"a token with a line break", OpToken, 201, with(`"tok"`, `"tok\r\nX-Evil: 1"`)},
		{"a token outside ASCII", OpToken, 201, with(`"tok"`, `"tök"`)},
		{"an empty token", OpToken, 201, with(`"tok"`, `""`)},
		{"a created call", OpConfiguration, 201, `{"requestor":{}}`},
		{"no requestor", OpConfiguration, 200, `{}`},
		{"no action", OpSessionsCreate, 200, `{"code":"X"}`},
		{"no code to authenticate with", OpSessionsCreate, 200, `{"actionName":"authenticate"}`},
		{"no code to resume with", OpSSOSessions, 200, `{"actionName":"resume","code":7}`},
		{"no action after resuming", OpSessionsResume, 200, `{}`},
		{"a session read as an array", OpSessionsRetrieve, 200, `[]`},
		{"profiles as an array", OpProfilesMVPD, 200, `{"profiles":[]}`},
		{"decisions as a map", OpAuthorize, 200, `{"decisions":{}}`},
		{"no logouts", OpLogout, 200, `{}`},
		{"an unknown operation", OpUnknown, 200, `{}`},
		{"a status that means nothing", OpLogout, 999, `{"logouts":{}}`},
		{"an informational status", OpLogout, 100, `{"logouts":{}}`},
		{"a negative status", OpLogout, -1, `{"logouts":{}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := decoded(tt.op, answer(tt.status, tt.body))
			if got.Outcome != OutcomeUnusable || got.ClientID != "" || got.ClientSecret != "" || got.AccessToken != "" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func enhanced(code, action string) string {
	return `{"code":"` + code + `","action":"` + action + `","status":403}`
}

func TestDecodeClassifiesEachFailure(t *testing.T) {
	clientApp := enhanced("invalid_access_token_client_application", "application-registration")
	missing := enhanced("authenticated_profile_missing", "authentication")
	tests := []struct {
		name   string
		op     Op
		status int
		body   string
		want   Outcome
		code   string
		action ErrorAction
	}{
		{"a 429 with a page", OpRegister, 429, "<html></html>", OutcomeThrottled, "", 0},
		{"a 429 with an error", OpToken, 429, `{"error":"invalid_client"}`, OutcomeThrottled, "", 0},
		{"a bad statement", OpRegister, 400, `{"error":"invalid_software_statement"}`, OutcomeStatementRejected, "invalid_software_statement", 0},
		{"a statement not approved", OpRegister, 400, `{"error":"unapproved_software_statement"}`, OutcomeStatementRejected, "unapproved_software_statement", 0},
		{"a statement refused under 403", OpRegister, 403, `{"error":"invalid_software_statement"}`, OutcomeRefused, "invalid_software_statement", 0},
		{"a bad registration", OpRegister, 400, `{"error":"invalid_request"}`, OutcomeRefused, "invalid_request", 0},
		{"bad credentials", OpToken, 400, `{"error":"invalid_client"}`, OutcomeClientRejected, "invalid_client", 0},
		{"bad credentials under 401", OpToken, 401, `{"error":"invalid_client"}`, OutcomeClientRejected, "invalid_client", 0},
		{"bad credentials under 500", OpToken, 500, `{"error":"invalid_client"}`, OutcomeServerError, "invalid_client", 0},
		{"a bad grant", OpToken, 400, `{"error":"unsupported_grant_type"}`, OutcomeRefused, "unsupported_grant_type", 0},
		{"a bare 401", OpLogout, 401, "", OutcomeUnauthorized, "", 0},
		{"a 401 that asks to register", OpLogout, 401, clientApp, OutcomeUnauthorized, "invalid_access_token_client_application", ErrorActionRegistration},
		{"a 401 in the old style", OpLogout, 401, `{"error":"access_denied"}`, OutcomeUnauthorized, "access_denied", 0},
		{"a 401 with invalid_client", OpLogout, 401, `{"error":"invalid_client"}`, OutcomeUnauthorized, "invalid_client", 0},
		{"a 403 in the old style", OpLogout, 403, `{"error":"invalid_client"}`, OutcomeClientRejected, "invalid_client", 0},
		{"a 403 that asks to register", OpLogout, 403, clientApp, OutcomeClientRejected, "invalid_access_token_client_application", ErrorActionRegistration},
		{"a 400 with invalid_client", OpLogout, 400, `{"error":"invalid_client"}`, OutcomeRefused, "invalid_client", 0},
		{"a profile that is missing", OpAuthorize, 403, missing, OutcomeReauthenticate, "authenticated_profile_missing", ErrorActionAuthentication},
		{"an action that a DCR call cannot ask for", OpToken, 403, missing, OutcomeRefused, "authenticated_profile_missing", ErrorActionAuthentication},
		{"an error to retry", OpAuthorize, 403, enhanced("network_received_error", "retry"), OutcomeServerError, "network_received_error", ErrorActionRetry},
		{"a server error", OpProfilesList, 500, enhanced("internal_server_error", "none"), OutcomeServerError, "internal_server_error", ErrorActionNone},
		{"a gateway that failed", OpProfilesList, 503, "<html>", OutcomeServerError, "", 0},
		{"a code that is gone", OpProfilesCode, 400, enhanced("invalid_authentication_session", "none"), OutcomeRefused, "invalid_authentication_session", ErrorActionNone},
		{"a path that is not there", OpProfilesCode, 404, "", OutcomeRefused, "", 0},
		{"an action of the future", OpProfilesCode, 400, enhanced("c", "dance"), OutcomeRefused, "c", ErrorActionUnknown},
		{"an error object of another service", OpLogout, 400, `{"error":{"code":"token_invalid"}}`, OutcomeRefused, "", 0},
		{"an empty action", OpLogout, 400, `{"action":"","code":7}`, OutcomeRefused, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := Response{Status: tt.status, Outcome: tt.want, RetryAfter: -1, ErrorCode: tt.code, ErrorAction: tt.action}
			if diff := cmp.Diff(want, decoded(tt.op, answer(tt.status, tt.body))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeParsesWhatLooksLikeJSON(t *testing.T) {
	tests := []struct {
		name        string
		contentType string
		body        string
		kind        jsondoc.Kind
	}{
		{"json by name", "application/json", `"text"`, jsondoc.String},
		{"json without a name", "", "\r\n\t {}", jsondoc.Object},
		{"json under another name", "text/html", `[]`, jsondoc.Array},
		{"a page", "text/html", "<html></html>", jsondoc.Absent},
		{"a page called json", "application/json", "<html></html>", jsondoc.Absent},
		{"a bare value without a name", "", "1", jsondoc.Absent},
		{"nothing", "", "", jsondoc.Absent},
	}
	for _, tt := range tests {
		var doc jsondoc.Doc
		var res Response
		_ = doc.Parse([]byte(`{"old":true}`))
		ans := HTTPResponse{Status: 400, Header: Header{{"Content-Type", tt.contentType}}, Body: []byte(tt.body)}
		Decode(OpLogout, &ans, &doc, &res)
		if got := doc.Root().Kind(); got != tt.kind {
			t.Errorf("%s: the document is %v, want %v", tt.name, got, tt.kind)
		}
	}
}

func TestDecodeKeepsNothingOfTheBody(t *testing.T) {
	for op, body := range map[Op]string{OpRegister: goodRegister, OpToken: goodToken, OpSessionsCreate: sessionBody} {
		ans := answer(op.Describe().Statuses[0], body)
		got := decoded(op, ans)
		before := got
		before.ClientID, before.ClientSecret = strings.Clone(got.ClientID), strings.Clone(got.ClientSecret)
		before.AccessToken, before.Code = strings.Clone(got.AccessToken), strings.Clone(got.Code)
		for i := range ans.Body {
			ans.Body[i] = 'X'
		}
		if got != before || got.Outcome != OutcomeOK {
			t.Errorf("%v: the response changed with the body", op)
		}
	}
}

func TestDecodeBoundsErrorCodes(t *testing.T) {
	for _, length := range []int{maxErrorCode - 2, maxErrorCode - 1, maxErrorCode, maxErrorCode + 1, 1 << 20} {
		got := decoded(OpLogout, answer(400, enhanced(strings.Repeat("é", length/2)+strings.Repeat("x", length%2), "none")))
		if n := len(got.ErrorCode); n > maxErrorCode || n < min(length, maxErrorCode)-1 || strings.ToValidUTF8(got.ErrorCode, "?") != got.ErrorCode {
			t.Errorf("a code of %d bytes keeps %d", length, n)
		}
	}
}

func TestDecodeWithoutAnAnswerIsATransportFailure(t *testing.T) {
	want := Response{Outcome: OutcomeTransport, Err: ErrProtocol, RetryAfter: -1}
	if diff := cmp.Diff(want, decoded(OpToken, &HTTPResponse{})); diff != "" {
		t.Error(diff)
	}
	got := Response{Status: 200, Code: "old"}
	TransportFailure(ErrDNS, &got)
	if diff := cmp.Diff(Response{Outcome: OutcomeTransport, Err: ErrDNS, RetryAfter: -1}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeCostsLittle(t *testing.T) {
	for _, tt := range []struct {
		op     Op
		status int
		body   string
		want   float64
	}{
		{OpToken, 201, goodToken, 1},
		{OpProfilesList, 200, profilesBody, 0},
		{OpLogout, 401, enhanced("invalid_access_token_client_application", "application-registration"), 0},
		{OpSessionsCreate, 200, sessionBody, 1},
	} {
		var doc jsondoc.Doc
		var res Response
		ans := answer(tt.status, tt.body)
		if n := testing.AllocsPerRun(100, func() { Decode(tt.op, ans, &doc, &res) }); n > tt.want {
			t.Errorf("%v: %v allocations, want at most %v", tt.op, n, tt.want)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, op := range []Op{OpToken, OpProfilesList} {
		b.Run(op.String(), func(b *testing.B) {
			ans := answer(op.Describe().Statuses[0], map[Op]string{OpToken: goodToken, OpProfilesList: profilesBody}[op])
			var doc jsondoc.Doc
			var res Response
			b.ReportAllocs()
			for b.Loop() {
				Decode(op, ans, &doc, &res)
			}
		})
	}
}

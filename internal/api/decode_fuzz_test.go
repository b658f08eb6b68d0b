package api

import (
	"testing"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// FuzzDecode gives every operation any answer at all.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		goodRegister, goodToken, sessionBody, profilesBody, `{"requestor":{}}`, `{"logouts":{"A":{"actionName":"complete"}}}`,
		`{"decisions":[{"authorized":false,"error":{"code":"network_received_error","action":"retry"}},1,null]}`,
		`{"error":"invalid_client"}`, `{"error":{}}`, enhanced("invalid_integration", "none"), "<html>429</html>", "", "[[[",
		`{"expires_in":1e300,"access_token":"a","token_type":"bearer"}`,
	} {
		for _, status := range []int{200, 201, 302, 400, 401, 403, 429, 500} {
			f.Add(status, "application/json", "3", "", []byte(body))
		}
	}
	f.Add(503, "text/html", "Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", []byte("{"))
	f.Fuzz(func(t *testing.T, status int, contentType, retryAfter, date string, body []byte) {
		var doc jsondoc.Doc
		ans := HTTPResponse{Status: status, Body: body, Header: Header{
			{"Content-Type", contentType}, {"Retry-After", retryAfter}, {"Date", date}, {"Location", date},
		}}
		for op := OpUnknown; op <= NumOps; op++ {
			res := Response{AccessToken: "old", Profiles: 7}
			Decode(op, &ans, &doc, &res)
			checkDecoded(t, op, &res)
		}
	})
}

// checkDecoded holds what is true of every response.
func checkDecoded(t *testing.T, op Op, res *Response) {
	t.Helper()
	switch {
	case res.Outcome == OutcomeNone || res.Outcome >= NumOutcomes:
		t.Fatalf("%v: no outcome: %+v", op, res)
	case res.Outcome == OutcomeTransport != (res.Status == 0) || (res.Err != ErrNone) != (res.Status == 0):
		t.Fatalf("%v: transport failure with status %d", op, res.Status)
	case res.Outcome == OutcomeThrottled != (res.Status == 429):
		t.Fatalf("%v: %v with status %d", op, res.Outcome, res.Status)
	case res.RetryAfter < -1 || res.RetryAfter > maxLife || res.ExpiresIn < 0 || res.ExpiresIn > maxLife:
		t.Fatalf("%v: durations %v, %v", op, res.RetryAfter, res.ExpiresIn)
	case len(res.ErrorCode) > maxErrorCode || res.NotAfter.Year() > 9999 || res.ErrorAction >= numErrorActions:
		t.Fatalf("%v: out of bounds: %q, %v, %v", op, res.ErrorCode, res.NotAfter, res.ErrorAction)
	case res.RetryItems > res.Denied || res.Profiles < 0:
		t.Fatalf("%v: counts %+v", op, res)
	}
	ok := res.Outcome == OutcomeOK
	if usable := res.ClientID != "" && res.ClientSecret != ""; usable != (ok && op == OpRegister) {
		t.Fatalf("%v: %v with credentials %v", op, res.Outcome, usable)
	}
	if usable := headerSafe(res.AccessToken) && res.ExpiresIn > 0; usable != (ok && op == OpToken) {
		t.Fatalf("%v: %v with a token %v", op, res.Outcome, usable)
	}
}

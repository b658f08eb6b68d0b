package contract

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
)

// Evaluator judges exchanges one after the other and reuses its memory. It
// belongs to one goroutine at a time.
//
// A service sends the same configuration to every device, and it is by far its
// longest answer: what is byte for byte the last sound one is not judged anew.
type Evaluator struct {
	strict  bool
	scratch []byte

	op         api.Op
	httpStatus int
	emit       func(Finding)
	judged     int
	found      int
	known      verdict
}

// verdict is the last answer, of an operation that answers all devices alike, that
// drew no finding, and how many rules applied to it; 0 before there is one.
type verdict struct {
	contentType string
	body        []byte
	judged      int
}

// exchange is what an evaluation reads of one.
type exchange struct {
	op          api.Op
	status      int
	contentType string
	header      api.Header
	body        []byte
	// code is the authentication code that the request named.
	code string
	root jsondoc.Node
}

// NewEvaluator returns an Evaluator that reads as the options say.
func NewEvaluator(o Options) *Evaluator {
	return &Evaluator{strict: o.Strict, scratch: make([]byte, 0, 128)}
}

// Evaluate judges the answer of x, hands every finding to emit, and returns how
// many rules applied. An exchange without an answer is not judged. Without
// findings it allocates nothing.
func (e *Evaluator) Evaluate(x *record.Exchange, emit func(Finding)) (evaluations int) {
	if x.Answer == nil || x.Answer.Status == 0 {
		return 0
	}
	y := exchange{
		op: x.Request.Op, status: x.Answer.Status, contentType: x.Answer.Header.Get("Content-Type"),
		header: x.Answer.Header, body: x.Answer.Body, root: x.JSON, code: x.Request.Code,
	}
	recurs := y.op == api.OpConfiguration && y.status == 200
	if recurs && e.known.is(&y) {
		return e.known.judged
	}
	e.op, e.httpStatus, e.emit, e.judged, e.found = y.op, y.status, emit, 0, 0
	e.answer(&y)
	e.emit = nil
	if recurs && e.found == 0 {
		e.known.remember(&y, e.judged)
	}
	return e.judged
}

// is reports whether x is the known answer over again. What is found about a
// configuration depends on nothing but its media type and its body.
func (k *verdict) is(x *exchange) bool {
	return k.judged > 0 && x.contentType == k.contentType && bytes.Equal(x.body, k.body)
}

func (k *verdict) remember(x *exchange, judged int) {
	k.contentType, k.judged = strings.Clone(x.contentType), judged
	k.body = append(k.body[:0], x.body...)
}

// answer judges one answer. A 429 is sound whatever its body, and of a
// status that nobody documents nothing more can be asked.
func (e *Evaluator) answer(x *exchange) {
	documented := slices.Contains(x.op.Describe().Statuses, x.status)
	e.judged++
	switch {
	case x.status == 429:
		return
	case !documented:
		e.undocumented(x)
	}
	switch {
	case x.op == api.OpToken && x.status == 200:
		// Both the older page and RFC 6749 have a 200 with the same body.
		e.success(x)
	case !documented && (x.status != 403 || !x.op.Protected()):
		return
	case x.status >= 400:
		e.failure(x)
	case x.status >= 300:
		e.redirect(x)
	default:
		e.success(x)
	}
}

// undocumented weighs a status that the operation's page does not list: those
// that the documents leave open, which A-50 has reported and not failed, less
// than any other.
func (e *Evaluator) undocumented(x *exchange) {
	r := ruleStatus
	switch x.status {
	case 404, 406, 413, 415:
		r = ruleStatusOpen
	case 403:
		// Older pages have it for bad credentials, and the error list for denials.
		r = ruleStatusOpen
	case 401, 405:
		r = ruleStatusOpen
	case 200:
		if x.op == api.OpToken && !e.strict {
			r = ruleStatusOpen
		}
	default:
		if x.status >= 500 && x.status <= 599 {
			r = ruleStatusOpen
		}
	}
	e.find(r, statusText(x.status), "", "")
}

func (e *Evaluator) redirect(x *exchange) {
	e.judged++
	if !hasScheme(x.header.Get("Location")) {
		e.find(ruleLocation, "Location", "", "")
	}
}

func (e *Evaluator) success(x *exchange) {
	if !e.json(x) {
		return
	}
	e.below(x.root, successShapes[x.op], ruleMissing)
	e.combinations(x.op, x.root)
	if code := x.root.Get("code"); e.strict && x.op == api.OpSessionsResume && e.applies(x.code != "" && code.Kind() == jsondoc.String) && !code.TextEquals(x.code) {
		e.find(ruleCode, "code", "", "")
	}
	if x.op == api.OpToken {
		e.tokenTimes(x)
	}
}

// secondsLimit is a time in 1973 when it counts milliseconds and in 5138 when it
// counts seconds.
const secondsLimit = 100_000_000_000

const (
	// maxTokenAge is how far created_at and Date may be apart.
	maxTokenAge = 5 * time.Minute
	// httpDate is the form of Date (RFC 9110 section 5.6.7).
	httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"
)

func (e *Evaluator) tokenTimes(x *exchange) {
	if life, ok := x.root.Get("expires_in").Int(); e.applies(ok) && life <= 0 {
		e.find(ruleRange, "expires_in", "more than 0", "")
	}
	created, ok := x.root.Get("created_at").Int()
	switch {
	case !e.applies(ok):
	case created < secondsLimit && e.strict:
		e.find(ruleRange, "created_at", "milliseconds since 1970", "")
	case created < secondsLimit:
		e.find(ruleTimeUnit, "created_at", "", "")
	case e.strict:
		e.tokenAge(created, x.header.Get("Date"))
	}
}

// tokenAge judges whether a token was made about when its answer says that it
// was written, which only the strict reading asks. An answer without a
// date says nothing.
func (e *Evaluator) tokenAge(createdMillis int64, date string) {
	written, err := time.Parse(httpDate, date)
	if e.applies(err == nil) && time.UnixMilli(createdMillis).Sub(written).Abs() > maxTokenAge {
		e.find(ruleRange, "created_at", "within 5 minutes of Date", "")
	}
}

// json judges the media type and the syntax, and reports whether there is an
// object to read on.
func (e *Evaluator) json(x *exchange) bool {
	e.judged++
	switch charset := api.Charset(x.contentType); {
	case !api.IsJSON(x.contentType):
		e.find(ruleMediaType, mediaDetail(x.contentType), "application/json", "")
	case e.applies(charset != "") && !strings.EqualFold(charset, "utf-8"):
		e.find(ruleCharset, Quotable(charset), "", "")
	}
	e.judged++
	if x.root.Kind() == jsondoc.Object {
		return true
	}
	detail := "not JSON"
	switch {
	case len(x.body) == 0:
		detail = "empty"
	case x.root.Kind() != jsondoc.Absent:
		detail = x.root.Kind().String()
	case api.IsHTML(x.contentType):
		detail = "HTML"
	}
	e.find(ruleBody, detail, "", "")
	return false
}

// mediaDetail names a media type without quoting one that nobody knows.
func mediaDetail(contentType string) string {
	media := api.MediaType(contentType)
	if media == "" {
		return "none"
	}
	for _, known := range [...]string{"text/html", "text/plain", "application/xml", "text/xml", "application/octet-stream", "application/problem+json", "application/x-www-form-urlencoded"} {
		if strings.EqualFold(media, known) {
			return known
		}
	}
	return otherValue
}

func (e *Evaluator) applies(condition bool) bool {
	if condition {
		e.judged++
	}
	return condition
}

func (e *Evaluator) find(r rule, detail, want, got string) {
	e.found++
	e.emit(Finding{Rule: &rules[r], Op: e.op, Detail: detail, Want: want, Got: got})
}

// hasScheme reports whether s begins like an absolute HTTP URL, in any case.
func hasScheme(s string) bool {
	for _, scheme := range [...]string{"https://", "http://"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

// statusText is the three digits of a status, which an answer may have made up.
func statusText(status int) string {
	if status < 100 || status > 999 {
		return otherValue
	}
	return string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)})
}

package tally

import (
	"fmt"
	"math"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
)

var t0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time {
	return t0.Add(time.Duration(math.Round(seconds*1e6)) * time.Microsecond)
}

// seq numbers the exchanges of the tests in this package.
var seq uint64

// exchange is one that was sent on time and answered 20 ms later.
func exchange(op api.Op, sent float64, status int, body string) *record.Exchange {
	seq++
	x := &record.Exchange{
		Seq: seq, Intended: at(sent), Sent: at(sent), Received: at(sent + 0.020),
		BytesSent: 100, BytesReceived: 200,
		Request: &api.Request{Op: op}, Response: &api.Response{}, Wire: &api.HTTPRequest{},
		Answer: &api.HTTPResponse{Status: status, Body: []byte(body)},
	}
	contentType := "application/json"
	if status == 429 {
		contentType = "text/html"
	}
	x.Answer.Header = api.Header{{Name: "Content-Type", Value: contentType}}
	doc := &jsondoc.Doc{}
	api.Decode(op, x.Answer, doc, x.Response)
	x.JSON = doc.Root()
	return x
}

func registered(sent float64) *record.Exchange {
	return exchange(api.OpRegister, sent, 201, `{"client_id":"c","client_secret":"s","client_id_issued_at":1,"redirect_uris":[],"grant_types":[],"scopes":[]}`)
}

// issued is a token of an hour.
func issued(sent float64) *record.Exchange { return issuedFor(sent, 3600) }

func issuedFor(sent float64, life int) *record.Exchange {
	return exchange(api.OpToken, sent, 201, fmt.Sprintf(
		`{"id":"i","access_token":"t","created_at":1700000000000,"expires_in":%d,"token_type":"bearer"}`, life))
}

func called(sent float64) *record.Exchange {
	return exchange(api.OpProfilesList, sent, 200, `{"profiles":{}}`)
}

func throttled(op api.Op, sent float64) *record.Exchange {
	return exchange(op, sent, 429, "<html></html>")
}

func unauthorizedCall(sent float64) *record.Exchange {
	return exchange(api.OpProfilesList, sent, 401, ``)
}

func failed(op api.Op, sent float64, kind api.ErrKind) *record.Exchange {
	x := exchange(op, sent, 0, "")
	api.TransportFailure(kind, x.Response)
	x.Answer = &api.HTTPResponse{}
	return x
}

func layout() Layout {
	return Layout{Profiles: []string{"a", "b"}, Start: t0, Contract: &contract.Options{}}
}

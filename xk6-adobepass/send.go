package adobepass

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/textproto"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"
	"go.k6.io/k6/lib/netext/httpext"
	"gopkg.in/guregu/null.v3"

	"github.com/dcrbench/dcrbench/internal/api"
)

// send carries the bench's request over k6's HTTP stack and fills in the answer.
// k6 emits all of its own metrics on the way; the name tag is the route's
// template, or a fleet of devices would become as many time series.
func (c *caller) send(b *bench, route string) api.ErrKind {
	target, err := httpext.NewURL(c.fleet.target.String()+b.wire.Target, route)
	if err != nil {
		return api.ErrProtocol
	}
	tags := c.base.Clone()
	tags.SetTag("name", route)
	request := httpext.ParsedHTTPRequest{
		URL:              &target,
		Req:              &http.Request{Method: b.wire.Method, URL: target.GetURL(), Header: c.header(b.wire.Header)},
		Timeout:          c.fleet.options.Timeout,
		ResponseType:     httpext.ResponseTypeBinary,
		ResponseCallback: c.fleet.options.expects,
		Redirects:        null.IntFrom(0),
		TagsAndMeta:      tags,
	}
	if len(b.wire.Body) > 0 {
		// The transport may still read it when the bench is somebody else's.
		request.Body = bytes.NewBuffer(bytes.Clone(b.wire.Body))
	}
	// k6 warns about every request that fails. A fleet fails by thousands: the
	// fleet's own log says so a few times. Debug output needs the real logger.
	state := c.state
	if !state.Options.HTTPDebug.Valid {
		b.state = *c.state
		b.state.Logger = quiet
		state = &b.state
	}
	response, err := httpext.MakeRequest(c.ctx, state, &request)
	if err != nil {
		return transportKind(c.ctx, 0, err.Error())
	}
	if response.Status == 0 {
		if c.ctx.Err() == nil { // else the end of the test cut it off
			c.fleet.errors.note(c.state.Logger, response.Error)
		}
		return transportKind(c.ctx, response.ErrorCode, response.Error)
	}
	answerOf(response, &b.answer)
	c.fleet.spoke(response.Proto)
	return api.ErrNone
}

// header turns fields into k6's form. A device without a User-Agent gets the
// script's.
func (c *caller) header(fields api.Header) http.Header {
	h := make(http.Header, len(fields)+1)
	for _, f := range fields {
		h[textproto.CanonicalMIMEHeaderKey(f.Name)] = []string{f.Value}
	}
	if _, set := h["User-Agent"]; !set {
		h["User-Agent"] = []string{c.state.Options.UserAgent.String}
	}
	return h
}

func answerOf(r *httpext.Response, dst *api.HTTPResponse) {
	dst.Reset()
	dst.Status = r.Status
	for name, value := range r.Headers {
		dst.Header = append(dst.Header, api.Field{Name: name, Value: value})
	}
	if body, ok := r.Body.([]byte); ok {
		dst.Body = body
	}
}

// transportKind turns k6's error code into the project's: 1050 is a timeout, 11xx
// names, 12xx TCP, 13xx TLS and 16xx HTTP/2.
func transportKind(ctx context.Context, code int, text string) api.ErrKind {
	if ctx.Err() != nil {
		return api.ErrCanceled
	}
	switch {
	case code == 1050 || code == 1211:
		return api.ErrTimeout
	case code >= 1100 && code < 1200:
		return api.ErrDNS
	case code == 1201 || code == 1220:
		return api.ErrReset
	case code >= 1200 && code < 1300:
		return api.ErrConnect
	case code >= 1300 && code < 1400:
		return api.ErrTLS
	case code == 1000 && (text == "EOF" || text == io.ErrUnexpectedEOF.Error()):
		return api.ErrReset
	}
	return api.ErrProtocol
}

// quiet is a logger that nobody hears.
var quiet = func() logrus.FieldLogger {
	l := logrus.New()
	l.SetOutput(io.Discard)
	l.SetLevel(logrus.PanicLevel)
	return l
}()

// errorLog warns about failed requests, the first few and then ever more rarely.
type errorLog struct{ count atomic.Uint64 }

// loudErrors is how many failed requests are warned about one by one.
const loudErrors = 5

func (l *errorLog) note(logger logrus.FieldLogger, text string) {
	n := l.count.Add(1)
	if n <= loudErrors || n&(n-1) == 0 {
		logger.WithField("requests_failed", n).Warn("adobepass: a request got no answer: " + text)
	}
}

// spoke notes which HTTP version the target speaks, such as "HTTP/1.1".
func (f *fleet) spoke(proto string) {
	if p := f.protocol.Load(); p == nil || *p != proto {
		f.protocol.Store(&proto)
	}
}

// wait waits until at, for k6's sake no longer than ctx. It reports false when
// ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

package recording

import (
	"encoding/base64"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
)

// builder holds one exchange and its memory.
type builder struct {
	x    record.Exchange
	req  api.Request
	res  api.Response
	wire api.HTTPRequest
	ans  api.HTTPResponse
	body jsondoc.Doc
}

// harEntry reads one entry and hands it on.
func (p *parser) harEntry(raw []byte) {
	if p.doc.Parse(raw) != nil {
		p.account.Malformed++
		return
	}
	root := p.doc.Root()
	request := root.Get("request")
	u, err := url.Parse(request.Get("url").Text())
	method := request.Get("method").Text()
	if err != nil || method == "" || u.Host == "" {
		p.account.Malformed++
		return
	}
	b := &p.builder
	b.wire.Reset()
	b.ans.Reset()
	b.wire.Method, b.wire.Target = method, u.EscapedPath()
	if u.RawQuery != "" {
		b.wire.Target += "?" + u.RawQuery
	}
	b.wire.Header = fields(b.wire.Header, request.Get("headers"))
	if !p.ours(u, &b.wire) {
		p.account.Foreign++
		return
	}
	if method == "OPTIONS" {
		p.account.Preflights++
		return
	}
	sent, zone, ok := started(root.Get("startedDateTime").Text())
	if !ok {
		p.account.Malformed++
		return
	}
	if !zone {
		p.account.Zoneless++
	}
	b.requestBody(request.Get("postData"))
	b.response(root.Get("response"))
	b.x.Sent, b.x.Received = sent, sent.Add(took(root))
	setting := audit.Setting{}
	if !local(u.Hostname()) {
		setting.Scheme = strings.ToLower(u.Scheme)
	}
	p.hand(setting)
}

// hand finishes the exchange, redacts it and hands it on.
func (p *parser) hand(s audit.Setting) {
	b := &p.builder
	p.account.Exchanges++
	op, _, _ := api.Match(b.wire.Method, b.wire.Path())
	b.req = api.Request{Op: op}
	if b.ans.Status == 0 {
		api.TransportFailure(api.ErrReset, &b.res)
		b.body.Reset()
	} else {
		api.Decode(op, &b.ans, &b.body, &b.res)
	}
	b.x.Seq = p.options.First + p.account.Entries
	b.x.Intended = b.x.Sent
	b.x.Request, b.x.Response, b.x.Wire, b.x.Answer = &b.req, &b.res, &b.wire, &b.ans
	b.x.JSON = b.body.Root()
	p.redactor.redact(&b.x, &b.body)
	p.emit(&b.x, s)
}

// ours reports whether a request is Adobe Pass traffic. The paths of other
// services may look alike, so that a call counts on a host of the vendor, on
// one to which credentials went, or with the header fields of the API.
func (p *parser) ours(u *url.URL, w *api.HTTPRequest) bool {
	host := strings.ToLower(u.Host)
	path := w.Path()
	op, _, known := api.Match(w.Method, path)
	if known && (op == api.OpRegister || op == api.OpToken) {
		p.hosts[host] = true
		return true
	}
	if !known && !audit.Legacy(path) {
		return false
	}
	name := strings.ToLower(u.Hostname())
	vendor := strings.HasSuffix(name, ".adobe.com")
	return vendor || p.hosts[host] || known && (w.Header.Has("AP-Device-Identifier") || w.Header.Has("X-Device-Info")) || known && local(name)
}

// local reports whether a host is this machine: a stand-in for the service.
func local(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// fields reads a list of header fields. The pseudo fields of HTTP/2 are none.
func fields(h api.Header, list jsondoc.Node) api.Header {
	for f := range list.Elements() {
		name := f.Get("name").Text()
		if name != "" && name[0] != ':' {
			h = append(h, api.Field{Name: name, Value: f.Get("value").Text()})
		}
	}
	return h
}

// requestBody reads the body of a request: its text, or else its parameters.
func (b *builder) requestBody(post jsondoc.Node) {
	text := post.Get("text")
	encoding := post.Get("encoding")
	if encoding.Kind() != jsondoc.String {
		encoding = post.Get("_encoding")
	}
	b.wire.Body = content(b.wire.Body[:0], text, encoding)
	if len(b.wire.Body) == 0 {
		for param := range post.Get("params").Elements() {
			if len(b.wire.Body) > 0 {
				b.wire.Body = append(b.wire.Body, '&')
			}
			value := param.Get("value").Text()
			if plain, err := url.QueryUnescape(value); err == nil && strings.Contains(value, "%") {
				value = plain // some programs list them encoded
			}
			b.wire.Body = append(b.wire.Body, url.QueryEscape(param.Get("name").Text())+"="+url.QueryEscape(value)...)
		}
	}
	if media := post.Get("mimeType").Text(); media != "" && len(b.wire.Body) > 0 && !b.wire.Header.Has("Content-Type") {
		b.wire.Header = append(b.wire.Header, api.Field{Name: "Content-Type", Value: media})
	}
}

func (b *builder) response(n jsondoc.Node) {
	b.ans.Status = number(n.Get("status"))
	if b.ans.Status < 100 || b.ans.Status > 999 {
		b.ans.Status = 0
	}
	b.ans.Header = fields(b.ans.Header, n.Get("headers"))
	body := n.Get("content")
	b.ans.Body = content(b.ans.Body[:0], body.Get("text"), body.Get("encoding"))
	if media := body.Get("mimeType").Text(); media != "" && !b.ans.Header.Has("Content-Type") {
		b.ans.Header = append(b.ans.Header, api.Field{Name: "Content-Type", Value: media})
	}
	if where := n.Get("redirectURL").Text(); where != "" && !b.ans.Header.Has("Location") {
		b.ans.Header = append(b.ans.Header, api.Field{Name: "Location", Value: where})
	}
}

// content appends a body that may be written in base64.
func content(dst []byte, text, encoding jsondoc.Node) []byte {
	if !strings.EqualFold(encoding.Text(), "base64") {
		return text.AppendText(dst)
	}
	plain, err := base64.StdEncoding.DecodeString(text.Text())
	if err != nil {
		return dst
	}
	return append(dst, plain...)
}

// number reads an integer that may be written as a string or with a fraction.
func number(n jsondoc.Node) int {
	if i, ok := n.Int(); ok && i >= 0 && i <= math.MaxInt32 {
		return int(i)
	}
	i, err := strconv.Atoi(n.Text())
	if err != nil {
		return 0
	}
	return i
}

// maxTook bounds the time of one exchange.
const maxTook = time.Hour

// took is how long the exchange took: its time, or else the sum of its parts.
func took(root jsondoc.Node) time.Duration {
	if ms, ok := float(root.Get("time")); ok && ms >= 0 {
		return milliseconds(ms)
	}
	total := 0.0
	for name, part := range root.Get("timings").Members() {
		if ms, ok := float(part); ok && ms > 0 && !name.TextEquals("ssl") {
			total += ms
		}
	}
	return milliseconds(total)
}

func milliseconds(ms float64) time.Duration {
	if ms != ms || ms > float64(maxTook/time.Millisecond) {
		return maxTook
	}
	return time.Duration(ms * float64(time.Millisecond))
}

func float(n jsondoc.Node) (float64, bool) {
	text := string(n.Raw())
	if n.Kind() == jsondoc.String {
		text = n.Text()
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// layouts are the forms of a time: with a zone in either spelling, and without.
var layouts = []struct {
	layout string
	zone   bool
}{
	{time.RFC3339Nano, true},
	{"2006-01-02T15:04:05.999999999Z0700", true},
	{"2006-01-02 15:04:05.999999999Z07:00", true},
	{"2006-01-02T15:04:05.999999999", false},
	{"2006-01-02 15:04:05.999999999", false},
}

// started reads a time, and tells whether it names its zone.
func started(text string) (t time.Time, zone, ok bool) {
	for _, l := range layouts {
		if t, err := time.Parse(l.layout, text); err == nil {
			sane := t.Year() >= 1970 && t.Year() < 2200
			return t, l.zone, sane
		}
	}
	return time.Time{}, false, false
}

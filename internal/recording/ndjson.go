package recording

import (
	"bytes"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// isNDJSON reports whether the first line is a whole JSON object that is no
// archive, as in this project's own logs.
func (p *parser) isNDJSON() bool {
	if p.peek() != '{' {
		return false
	}
	line, _, found := bytes.Cut(p.chunk[p.at:p.n], []byte("\n"))
	if !found || p.doc.Parse(bytes.TrimSpace(line)) != nil {
		return false
	}
	return p.doc.Root().Get("log").Kind() == jsondoc.Absent
}

// lines reads a log of this project: a header, then an object for each exchange.
func (p *parser) lines() error {
	for p.peek() != 0 || !p.ended() {
		raw, whole, err := p.value(p.entry[:0], p.options.MaxEntry)
		if err != nil {
			return err
		}
		p.entry = raw
		switch {
		case !whole:
			p.account.Entries++
			p.account.Oversized++
		case p.doc.Parse(raw) != nil:
			p.account.Entries++
			p.account.Malformed++
		case p.doc.Root().Get("request").Kind() == jsondoc.Object:
			p.account.Entries++
			p.line(p.doc.Root())
		}
	}
	if p.account.Entries == 0 {
		return errNoArchive
	}
	return nil
}

func (p *parser) line(root jsondoc.Node) {
	b := &p.builder
	b.wire.Reset()
	b.ans.Reset()
	request, response := root.Get("request"), root.Get("response")
	sent, err := time.Parse(time.RFC3339Nano, root.Get("sent").Text())
	received, err2 := time.Parse(time.RFC3339Nano, root.Get("received").Text())
	b.wire.Method, b.wire.Target = request.Get("method").Text(), request.Get("target").Text()
	if err != nil || err2 != nil || b.wire.Method == "" {
		p.account.Malformed++
		return
	}
	if _, _, known := api.Match(b.wire.Method, b.wire.Path()); !known && !audit.Legacy(b.wire.Path()) {
		p.account.Foreign++
		return
	}
	b.wire.Header = fields(b.wire.Header, request.Get("header"))
	b.wire.Body = request.Get("body").AppendText(b.wire.Body[:0])
	b.ans.Status = number(response.Get("status"))
	b.ans.Header = fields(b.ans.Header, response.Get("header"))
	b.ans.Body = response.Get("body").AppendText(b.ans.Body[:0])
	b.x.Sent, b.x.Received = sent, received
	p.hand(audit.Setting{})
}

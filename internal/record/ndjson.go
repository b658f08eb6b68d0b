package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Entry is a redacted exchange as it stands in a log: one line of NDJSON.
type Entry struct {
	// Seq numbers the exchanges of the run, Probe names who sent it.
	Seq   uint64 `json:"seq"`
	Probe string `json:"probe,omitempty"`
	// Operation is the operation's name.
	Operation string    `json:"operation"`
	Sent      time.Time `json:"sent"`
	Received  time.Time `json:"received"`
	Request   Message   `json:"request"`
	// Response has the status 0 when no answer came; Error says why then.
	Response Message `json:"response"`
	Error    string  `json:"error,omitempty"`
}

// Message is a redacted request or answer.
type Message struct {
	Method string  `json:"method,omitempty"`
	Target string  `json:"target,omitempty"`
	Status int     `json:"status,omitempty"`
	Header []Field `json:"header"`
	// Body is the body, cut at MaxEntryBody; Size is its whole length in bytes.
	Body string `json:"body"`
	Size int    `json:"size"`
}

// Field is a header field of an Entry.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// MaxEntryBody bounds the bodies of a log, in bytes.
const MaxEntryBody = 16 << 10

// Entry redacts an exchange.
func (r *Redactor) Entry(probe string, x *Exchange) Entry {
	e := Entry{
		Seq: x.Seq, Probe: probe, Operation: x.Request.Op.String(), Sent: x.Sent.UTC(), Received: x.Received.UTC(),
		Request:  r.message(x.Wire.Header, x.Wire.Body),
		Response: r.message(x.Answer.Header, x.Answer.Body),
	}
	e.Request.Method, e.Request.Target = x.Wire.Method, r.Text(x.Wire.Target)
	e.Response.Status = x.Answer.Status
	if x.Response != nil && x.Response.Err != api.ErrNone {
		e.Error = x.Response.Err.String()
	}
	return e
}

func (r *Redactor) message(h api.Header, body []byte) Message {
	m := Message{Header: make([]Field, len(h)), Size: len(body)}
	for i, f := range h {
		m.Header[i] = Field{f.Name, r.Text(f.Value)}
	}
	// Redacted before it is cut: half a secret is one, too.
	text := r.Text(string(body))
	if len(text) > MaxEntryBody {
		cut := MaxEntryBody
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	m.Body = text
	return m
}

// WriteNDJSON writes a header line of any value, then a line for each entry. The
// error is the writer's.
func WriteNDJSON(w io.Writer, header any, entries []Entry) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(header); err != nil {
		return err
	}
	for i := range entries {
		if err := e.Encode(&entries[i]); err != nil {
			return err
		}
	}
	return nil
}

// ReadNDJSON reads what WriteNDJSON wrote: the header into header, and the
// entries. The error names the line.
func ReadNDJSON(data []byte, header any) ([]Entry, error) {
	var entries []Entry
	n := 0
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		n++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if n == 1 {
			if err := json.Unmarshal(line, header); err != nil {
				return nil, fmt.Errorf("line 1: %w", err)
			}
			continue
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

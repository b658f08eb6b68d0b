package record

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"time"
)

// The types below are the parts of HTTP Archive 1.2 that are required, and no
// others: browser tools read them.
type harFile struct {
	Log harLog `json:"log"`
}

type harLog struct {
	Version string     `json:"version"`
	Creator harCreator `json:"creator"`
	Entries []harEntry `json:"entries"`
}

type harCreator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type harEntry struct {
	Started  string      `json:"startedDateTime"`
	Time     float64     `json:"time"`
	Request  harRequest  `json:"request"`
	Response harResponse `json:"response"`
	Cache    struct{}    `json:"cache"`
	Timings  harTimings  `json:"timings"`
	Comment  string      `json:"comment,omitempty"`
}

type harRequest struct {
	Method      string   `json:"method"`
	URL         string   `json:"url"`
	HTTPVersion string   `json:"httpVersion"`
	Cookies     []Field  `json:"cookies"`
	Headers     []Field  `json:"headers"`
	QueryString []Field  `json:"queryString"`
	PostData    *harPost `json:"postData,omitempty"`
	HeadersSize int      `json:"headersSize"`
	BodySize    int      `json:"bodySize"`
}

type harPost struct {
	MimeType string  `json:"mimeType"`
	Params   []Field `json:"params"`
	Text     string  `json:"text"`
}

type harResponse struct {
	Status      int        `json:"status"`
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []Field    `json:"cookies"`
	Headers     []Field    `json:"headers"`
	Content     harContent `json:"content"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int        `json:"bodySize"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
}

type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// HAROptions name what is the same for all entries of an archive.
type HAROptions struct {
	// Base is the URL before every target, without a slash at its end.
	Base string
	// Version is the tool's, HTTPVersion such as "HTTP/1.1".
	Version, HTTPVersion string
}

// WriteHAR writes redacted entries as an HTTP Archive 1.2. The error is the
// writer's.
func WriteHAR(w io.Writer, entries []Entry, o HAROptions) error {
	f := harFile{harLog{Version: "1.2", Creator: harCreator{"dcrbench", o.Version}, Entries: make([]harEntry, len(entries))}}
	for i := range entries {
		f.Log.Entries[i] = o.entry(&entries[i])
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(f)
}

func (o *HAROptions) entry(e *Entry) harEntry {
	took := float64(e.Received.Sub(e.Sent)) / float64(time.Millisecond)
	x := harEntry{
		Started: e.Sent.Format("2006-01-02T15:04:05.000Z07:00"), Time: max(0, took),
		Timings: harTimings{Wait: max(0, took)}, Comment: e.Probe,
		Request: harRequest{
			Method: e.Request.Method, URL: o.Base + e.Request.Target, HTTPVersion: o.HTTPVersion,
			Cookies: []Field{}, Headers: listed(e.Request.Header), QueryString: queryOf(e.Request.Target),
			HeadersSize: -1, BodySize: e.Request.Size,
		},
		Response: harResponse{
			Status: e.Response.Status, StatusText: e.Error, HTTPVersion: o.HTTPVersion,
			Cookies: []Field{}, Headers: listed(e.Response.Header), RedirectURL: valueOf(e.Response.Header, "Location"),
			Content:     harContent{e.Response.Size, mimeOf(e.Response.Header), e.Response.Body},
			HeadersSize: -1, BodySize: e.Response.Size,
		},
	}
	if e.Request.Size > 0 {
		x.Request.PostData = &harPost{mimeOf(e.Request.Header), []Field{}, e.Request.Body}
	}
	return x
}

// listed makes a missing list an empty one: the format has no null.
func listed(h []Field) []Field {
	if h == nil {
		return []Field{}
	}
	return h
}

func queryOf(target string) []Field {
	_, query, _ := strings.Cut(target, "?")
	fields := []Field{}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		fields = append(fields, Field{name, value})
	}
	return fields
}

func valueOf(h []Field, name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

func mimeOf(h []Field) string {
	if media := valueOf(h, "Content-Type"); media != "" {
		return media
	}
	return "application/octet-stream"
}

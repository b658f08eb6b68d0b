package record

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

var secretValues = []string{"s3cr3t-s3cr3t", "t0ken-t0ken-t0ken", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "c29tZTpiYXNpYw=="}

func secretive() *Exchange {
	at := time.Date(2026, 9, 6, 20, 0, 0, 0, time.UTC)
	return &Exchange{
		Seq: 7, Sent: at, Received: at.Add(20 * time.Millisecond),
		Request: &api.Request{Op: api.OpToken}, Response: &api.Response{},
		Wire: &api.HTTPRequest{
			Method: "POST", Target: "/o/client/token?access_token=" + secretValues[1],
			Header: api.Header{{Name: "Authorization", Value: "Basic " + secretValues[3]}, {Name: "Cookie", Value: "a=" + secretValues[1]}},
			Body:   []byte("client_id=id-of-the-client&client_secret=" + secretValues[0] + "&software_statement=" + secretValues[2]),
		},
		Answer: &api.HTTPResponse{
			Status: 201, Header: api.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Echo", Value: "it was " + secretValues[0]}},
			Body: []byte(`{"access_token": "` + secretValues[1] + `","note":"` + secretValues[2] + `"}`),
		},
	}
}

func entryOf(x *Exchange) Entry {
	r := NewRedactor([]byte("key"))
	r.Study(x)
	return r.Entry("tokens", x)
}

func TestNoSecretReachesALogAnArchiveOrACommandLine(t *testing.T) {
	e := entryOf(secretive())
	var out bytes.Buffer
	if err := WriteNDJSON(&out, map[string]string{"schema": "x"}, []Entry{e}); err != nil {
		t.Fatal(err)
	}
	if err := WriteHAR(&out, []Entry{e}, HAROptions{Base: "http://x"}); err != nil {
		t.Fatal(err)
	}
	out.WriteString(Curl("http://x", &e))
	for _, s := range secretValues {
		if strings.Contains(out.String(), s) {
			t.Errorf("a secret of %d bytes is there", len(s))
		}
	}
	if !strings.Contains(out.String(), "id-of-the-client") || !strings.Contains(out.String(), "<secret>") {
		t.Error("what is no secret, and the placeholders, want to be there")
	}
}

func TestTheSameSecretHasTheSameTagAndAnotherKeyAnother(t *testing.T) {
	e := entryOf(secretive())
	_, tag, _ := strings.Cut(NewRedactor([]byte("key")).Tag("token", secretValues[1]), ":")
	if !strings.Contains(e.Request.Target, tag) || !strings.Contains(e.Response.Body, tag) {
		t.Errorf("want %s in target and answer", tag)
	}
	if _, other, _ := strings.Cut(NewRedactor([]byte("other")).Tag("token", secretValues[1]), ":"); other == tag {
		t.Error("the key does not count")
	}
}

func TestALogIsReadBackAsItWasWritten(t *testing.T) {
	e := entryOf(secretive())
	var out bytes.Buffer
	if err := WriteNDJSON(&out, map[string]string{"schema": "x"}, []Entry{e, e}); err != nil {
		t.Fatal(err)
	}
	var header map[string]string
	got, err := ReadNDJSON(out.Bytes(), &header)
	if err != nil || len(got) != 2 || header["schema"] != "x" || got[1].Request.Body != e.Request.Body {
		t.Errorf("got %d entries, header %v, error %v", len(got), header, err)
	}
	if _, err := ReadNDJSON([]byte("{}\n[\n"), &header); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a broken line: got %v", err)
	}
}

func TestAnArchiveHasWhatTheFormatRequires(t *testing.T) {
	e := entryOf(secretive())
	var out bytes.Buffer
	if err := WriteHAR(&out, []Entry{e}, HAROptions{Base: "http://x", HTTPVersion: "HTTP/1.1"}); err != nil {
		t.Fatal(err)
	}
	var har struct {
		Log struct {
			Version string
			Entries []struct {
				Started           string `json:"startedDateTime"`
				Time              float64
				Request, Response map[string]any
				Cache, Timings    map[string]any
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &har); err != nil {
		t.Fatal(err)
	}
	x := har.Log.Entries[0]
	if har.Log.Version != "1.2" || x.Started != "2026-09-06T20:00:00.000Z" || x.Time != 20 || x.Cache == nil || x.Timings["wait"] != 20.0 {
		t.Errorf("got %+v", x)
	}
	for _, name := range []string{"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"} {
		if x.Request[name] == nil {
			t.Errorf("request.%s is missing", name)
		}
	}
	for _, name := range []string{"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize", "bodySize"} {
		if x.Response[name] == nil {
			t.Errorf("response.%s is missing", name)
		}
	}
}

func FuzzRedactionNeverPanicsAndHidesTheSecret(f *testing.F) {
	f.Add("hidden-value-1", `{"access_token":"hidden-value-1"} hidden-value-1`)
	f.Fuzz(func(t *testing.T, secret, text string) {
		r := NewRedactor([]byte("key"))
		r.Learn("token", secret)
		got := r.Text(text)
		if len(secret) >= shortest && !isTag(secret) && !strings.Contains("token:0123456789abcdef", secret) && strings.Contains(got, secret) {
			// A tag may by chance complete the text of another secret.
			if !tagged.MatchString(got) {
				t.Errorf("the secret is still there")
			}
		}
	})
}

func FuzzReadNDJSON(f *testing.F) {
	f.Add([]byte("{}\n{\"seq\":1}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var header map[string]any
		ReadNDJSON(data, &header)
	})
}

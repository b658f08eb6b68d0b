package recording

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/record"
)

// got is what a test looks at of an exchange.
type got struct {
	seq              uint64
	op               api.Op
	sent             string
	took             time.Duration
	target, body     string
	status           int
	answer, location string
	media            string
	scheme           string
	outcome          api.Outcome
	authorization    string
}

func read(t testing.TB, text string, o Options) (list []got, a Account, err error) {
	t.Helper()
	a, err = Read(strings.NewReader(text), o, func(x *record.Exchange, s audit.Setting) {
		list = append(list, got{
			x.Seq, x.Request.Op, x.Sent.UTC().Format("15:04:05.000"), x.Received.Sub(x.Sent), x.Wire.Target, string(x.Wire.Body),
			x.Answer.Status, string(x.Answer.Body), x.Answer.Header.Get("Location"), x.Wire.Header.Get("Content-Type"), s.Scheme, x.Response.Outcome,
			x.Wire.Header.Get("Authorization"),
		})
	})
	return list, a, err
}

func archive(entries ...string) string {
	return `{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[{"a":[1,"]}"]}],"entries":[` + strings.Join(entries, ",\n") + `]}}`
}

const (
	base      = "https://sp.auth-staging.adobe.com"
	plainCall = `{"startedDateTime":"2026-03-01T20:00:00.000Z","time":20,"request":{"method":"GET","url":"` + base + `/api/v2/SP/profiles","headers":[]},` +
		`"response":{"status":200,"headers":[{"name":"Content-Type","value":"application/json"}],"content":{"text":"{\"profiles\":{}}"}}}`
)

func TestTheQuirksOfRecordersAreUnderstood(t *testing.T) {
	form := "mvpd=M&redirectUrl=https%3A%2F%2Fx"
	sessionText := `{"actionName":"authenticate","code":"C"}`
	post := func(started, took, data, response string) string {
		return archive(`{` + started + took + `"request":{"method":"POST","url":"` + base + `/api/v2/SP/sessions","headers":[],"postData":` + data + `},"response":` + response + `}`)
	}
	const zulu, ms = `"startedDateTime":"2026-03-01T20:00:00.500Z",`, `"time":20.5,`
	form64 := base64.StdEncoding.EncodeToString([]byte(sessionText))
	response := `{"status":200,"headers":[],"content":{"mimeType":"application/json","text":` + quote(sessionText) + `}}`
	data := `{"mimeType":"application/x-www-form-urlencoded","text":"` + form + `"}`
	want := got{
		seq: 1, op: api.OpSessionsCreate, sent: "20:00:00.500", took: 20500 * time.Microsecond, target: "/api/v2/SP/sessions", body: form,
		status: 200, answer: sessionText, media: "application/x-www-form-urlencoded", scheme: "https", outcome: api.OutcomeOK,
	}
	for _, tt := range []struct {
		name, text string
		change     func(*got)
	}{
		{"Chrome", post(zulu, ms, data, response), nil},
		{"Chrome with its own members", post(`"_initiator":{"stack":[{"url":"/api/v2/"}]},"_priority":"High",`+zulu, ms, data, response), nil},
		{"Firefox in local time", post(`"startedDateTime":"2026-03-01T21:00:00.500+01:00",`, ms, data, response), nil},
		{"Fiddler with seven digits and a mark", "\xef\xbb\xbf" + post(`"startedDateTime":"2026-03-01T22:00:00.5000000+02:00",`, ms, data, response), nil},
		{"a zone without a colon", post(`"startedDateTime":"2026-03-01T21:00:00.500+0100",`, ms, data, response), nil},
		{"a time without a zone", post(`"startedDateTime":"2026-03-01T20:00:00.500",`, ms, data, response), nil},
		{"an answer in base64", post(zulu, ms, data, `{"status":200,"headers":[],"content":{"mimeType":"application/json","encoding":"base64","text":"`+form64+`"}}`), nil},
		{"parameters without text", post(zulu, ms, `{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"mvpd","value":"M"},{"name":"redirectUrl","value":"https://x"}]}`, response), nil},
		{"parameters that are encoded already", post(zulu, ms, `{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"mvpd","value":"M"},{"name":"redirectUrl","value":"https%3A%2F%2Fx"}]}`, response), nil},
		{"escaped slashes", strings.ReplaceAll(post(zulu, ms, data, response), "/", `\/`), nil},
		{"a status in quotes", post(zulu, ms, data, strings.Replace(response, "200", `"200"`, 1)), nil},
		{"timings without a time", post(zulu, `"time":-1,"timings":{"blocked":-1,"send":0.5,"wait":19,"receive":1,"ssl":7},`, data, response), nil},
		{"pseudo fields of HTTP/2", strings.Replace(post(zulu, ms, data, response), `"headers":[]`, `"headers":[{"name":":method","value":"POST"}]`, 1), nil},
		{"no body of the answer", post(zulu, ms, data, `{"status":200,"headers":[],"content":{"size":0}}`), func(g *got) { g.answer, g.outcome = "", api.OutcomeUnusable }},
		{"no answer", post(zulu, ms, data, `{"status":0,"_error":"net::ERR_TIMED_OUT"}`), func(g *got) { g.answer, g.status, g.outcome = "", 0, api.OutcomeTransport }},
		{"a redirect", post(zulu, ms, data, `{"status":302,"redirectURL":"https://login/","headers":[],"content":{}}`), func(g *got) {
			g.status, g.answer, g.location, g.outcome = 302, "", "https://login/", api.OutcomeUnusable
		}},
		{"a stand-in on this machine", strings.ReplaceAll(post(zulu, ms, data, response), base, "http://127.0.0.1:18080"), func(g *got) { g.scheme = "" }},
		{"entries before the creator", strings.Replace(strings.Replace(post(zulu, ms, data, response), `"creator":{"name":"WebInspector","version":"537.36"},`, "", 1), "]}}", `],"creator":{"name":"x"}}}`, 1), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := want
			if tt.change != nil {
				tt.change(&want)
			}
			list, account, err := read(t, tt.text, Options{})
			if err != nil || account.Truncated || len(list) != 1 {
				t.Fatalf("%d exchanges, account %+v, %v", len(list), account, err)
			}
			if diff := cmp.Diff(want, list[0], cmp.AllowUnexported(got{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func TestHostileArchivesAreAccountedFor(t *testing.T) {
	deep := strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000)
	for _, tt := range []struct {
		name, text string
		want       Account
		err        string
	}{
		{"other sites", archive(`{"request":{"method":"GET","url":"https://example.com/api/v2/SP/profiles"}}`, `{"request":{"url":"https://cdn.example.com/a.js"}}`), Account{Entries: 2, Foreign: 2}, ""},
		{"a preflight", archive(strings.Replace(plainCall, "GET", "OPTIONS", 1)), Account{Entries: 1, Preflights: 1}, ""},
		{"a time that is none", archive(strings.Replace(plainCall, "2026-03-01T20:00:00.000Z", "yesterday", 1), plainCall), Account{Entries: 2, Malformed: 1, Exchanges: 1}, ""},
		{"a time in the year 0", archive(strings.Replace(plainCall, "2026", "0000", 1)), Account{Entries: 1, Malformed: 1}, ""},
		{"an endless time", archive(strings.Replace(plainCall, `"time":20`, `"time":1e300`, 1)), Account{Entries: 1, Exchanges: 1}, ""},
		{"wrong types", archive(`{"request":["/api/v2/"]}`, `"/api/v2/"`, `7`, `null`, `{"request":{"url":{"/api/v2/":1},"method":2}}`), Account{Entries: 5, Malformed: 3, Foreign: 2}, ""},
		{"an entry that is no JSON", archive(`{"request":{"url":"/api/v2/" x}}`, plainCall), Account{Entries: 2, Malformed: 1, Exchanges: 1}, ""},
		{"an entry that is too deep", archive(`{"x":`+deep+`,"url":"/api/v2/"}`, plainCall), Account{Entries: 2, Malformed: 1, Exchanges: 1}, ""},
		{"an entry that is too long", archive(`{"x":"`+strings.Repeat("y", 1<<20)+`/api/v2/"}`, plainCall), Account{Entries: 2, Oversized: 1, Exchanges: 1}, ""},
		{"bytes that are no UTF-8", archive("{\"x\":\"\xff\xfe/api/v2/\"}", plainCall), Account{Entries: 2, Malformed: 1, Exchanges: 1}, ""},
		{"a file that breaks off in an entry", archive(plainCall, plainCall)[:len(archive(plainCall, plainCall))-40], Account{Entries: 1, Exchanges: 1, Truncated: true}, ""},
		{"a file that breaks off between entries", strings.TrimSuffix(archive(plainCall), "]}}"), Account{Entries: 1, Exchanges: 1, Truncated: true}, ""},
		{"no entries", archive(), Account{}, ""},
		{"nothing", "", Account{}, "ends before its end"},
		{"no archive", `{"entries":[]}`, Account{}, "no log with entries"},
		{"a list", `[1,2]`, Account{}, "no log with entries"},
		{"binary", "\x00\x01\x02", Account{}, "no log with entries"},
		{"entries that are none", `{"log":{"entries":{}}}`, Account{}, "no log with entries"},
		{"garbage between entries", archive(plainCall + ` ; ` + plainCall), Account{Entries: 1, Exchanges: 1}, "no JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, account, err := read(t, tt.text, Options{MaxEntry: 1 << 19})
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			account.Bytes, account.Creator = 0, ""
			if diff := cmp.Diff(tt.want, account); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAReadErrorIsTheReadersOwn(t *testing.T) {
	broken := errors.New("disk on fire")
	r := io.MultiReader(strings.NewReader(archive(plainCall)[:300]), iotest.ErrReader(broken))
	if _, err := Read(r, Options{}, func(*record.Exchange, audit.Setting) {}); !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's error", err)
	}
}

func TestChunksOfAnySizeGiveTheSame(t *testing.T) {
	text := archive(plainCall, `{"request":{"url":"https://example.com"}}`, plainCall)
	for _, r := range []io.Reader{iotest.OneByteReader(strings.NewReader(text)), iotest.HalfReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
		n := 0
		a, err := Read(r, Options{First: 10}, func(x *record.Exchange, _ audit.Setting) {
			if n++; x.Seq != []uint64{11, 13}[n-1] {
				t.Errorf("number %d", x.Seq)
			}
		})
		if err != nil || n != 2 || a.Entries != 3 || a.Bytes != int64(len(text)) {
			t.Errorf("%d exchanges, %+v, %v", n, a, err)
		}
	}
}

func TestSecretsAreReplacedBeforeAnythingIsHandedOn(t *testing.T) {
	const statement, secret, token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "se/cret+1 x", "tok-en.0123456789"
	text := archive(
		`{"startedDateTime":"2026-03-01T20:00:00Z","time":1,"request":{"method":"POST","url":"`+base+`/o/client/register?software_statement=`+statement+`","headers":[{"name":"Content-Type","value":"application/json"},{"name":"Cookie","value":"AWSALB=cookie-value"}],"postData":{"text":"{\"software_statement\":\"`+statement+`\"}"}},`+
			`"response":{"status":201,"headers":[{"name":"Set-Cookie","value":"AWSALB=cookie-value"}],"content":{"mimeType":"application/json","text":"{\"client_id\":\"c\",\"client_secret\":\"se\\/cret+1 x\",\"echo\":\"`+statement+`\"}"}}}`,
		`{"startedDateTime":"2026-03-01T20:00:01Z","time":1,"request":{"method":"POST","url":"`+base+`/o/client/token","headers":[],"postData":{"mimeType":"application/x-www-form-urlencoded","text":"client_id=c&client_secret=se%2Fcret%2B1+x&grant_type=client_credentials"}},`+
			`"response":{"status":201,"headers":[],"content":{"mimeType":"application/json","text":"{\"access_token\":\"`+token+`\",\"expires_in\":60,\"token_type\":\"bearer\"}"}}}`,
		`{"startedDateTime":"2026-03-01T20:00:02Z","time":1,"request":{"method":"GET","url":"`+base+`/api/v2/SP/profiles","headers":[{"name":"authorization","value":"Bearer `+token+`"}]},"response":{"status":401,"headers":[],"content":{"text":"bad `+token+`"}}}`,
		`{"startedDateTime":"2026-03-01T20:00:03Z","time":1,"request":{"method":"POST","url":"`+base+`/o/client/token?client_secret=only-in-the-query","headers":[{"name":"Authorization","value":"Basic `+base64.StdEncoding.EncodeToString([]byte("c:"+secret))+`"}]},"response":{"status":400,"headers":[],"content":{}}}`,
	)
	var all strings.Builder
	var tokens, statements []string
	_, err := Read(strings.NewReader(text), Options{Key: []byte("k")}, func(x *record.Exchange, _ audit.Setting) {
		fmt.Fprintf(&all, "%s %v %s %v %s %v %+v\n", x.Wire.Target, x.Wire.Header, x.Wire.Body, x.Answer.Header, x.Answer.Body, string(x.JSON.Raw()), x.Response)
		switch x.Request.Op {
		case api.OpToken:
			tokens = append(tokens, x.Response.AccessToken)
		case api.OpProfilesList:
			tokens = append(tokens, strings.TrimPrefix(x.Wire.Header.Get("Authorization"), "Bearer "))
		case api.OpRegister:
			statements = append(statements, string(x.Wire.Body))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{statement, secret, token, "se%2Fcret", `se\/cret`, "only-in-the-query", "cookie-value", base64.StdEncoding.EncodeToString([]byte("c:" + secret))} {
		if strings.Contains(all.String(), s) {
			t.Errorf("%q is still there:\n%s", s, all.String())
		}
	}
	if len(tokens) < 2 || tokens[0] != tokens[1] || !strings.HasPrefix(tokens[0], "token:") {
		t.Errorf("the token is called %q: want one tag wherever it stands", tokens)
	}
	if len(statements) != 1 || !strings.Contains(statements[0], `"software_statement":"statement:`) {
		t.Errorf("the registration is %q", statements)
	}
}

func TestShortSecretsAreReplacedWhereTheyStandWhole(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"abc", "x:1"}, {`{"s":"abc","t":"abcd"}`, `{"s":"x:1","t":"abcd"}`}, {"a=abc&b=abcd&c=abc", "a=x:1&b=abcd&c=x:1"},
	} {
		f := secret{"abc", "x:1"}
		if got := f.replace(tt.text); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestOurOwnLogsAreRead(t *testing.T) {
	x := &record.Exchange{
		Seq: 1, Sent: time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC), Received: time.Date(2026, 3, 1, 20, 0, 1, 0, time.UTC),
		Request:  &api.Request{Op: api.OpProfilesList},
		Wire:     &api.HTTPRequest{Method: "GET", Target: "/api/v2/SP/profiles", Header: api.Header{{Name: "Authorization", Value: "Bearer token-0123456789"}}},
		Answer:   &api.HTTPResponse{Status: 200, Header: api.Header{{Name: "Content-Type", Value: "application/json"}}, Body: []byte(`{"profiles":{}}`)},
		Response: &api.Response{Status: 200},
	}
	redactor := record.NewRedactor([]byte("k"))
	redactor.Study(x)
	var b bytes.Buffer
	if err := record.WriteNDJSON(&b, map[string]string{"schema": "x"}, []record.Entry{redactor.Entry("p", x), redactor.Entry("p", x)}); err != nil {
		t.Fatal(err)
	}
	list, account, err := read(t, b.String()+`{"request":{"method":"GET","target":"/nowhere"},"sent":"2026-03-01T20:00:00Z","received":"2026-03-01T20:00:00Z"}`+"\n{\"request\":{}}\n", Options{})
	if err != nil || len(list) != 2 || account.Entries != 4 || account.Foreign != 1 || account.Malformed != 1 {
		t.Fatalf("%d exchanges, %+v, %v", len(list), account, err)
	}
	if g := list[1]; g.seq != 2 || g.op != api.OpProfilesList || g.outcome != api.OutcomeOK || g.took != time.Second || g.authorization != list[0].authorization {
		t.Errorf("got %+v", g)
	}
}

func FuzzReadTakesAnything(f *testing.F) {
	f.Add([]byte(archive(plainCall)))
	f.Add([]byte("{\"schema\":\"x\"}\n{\"request\":{\"method\":\"GET\",\"target\":\"/o/client/token\"},\"sent\":\"2026-03-01T20:00:00Z\",\"received\":\"2026-03-01T20:00:00Z\"}"))
	f.Add([]byte(`{"log":{"entries":[{"request":{"method":"POST","url":"http://127.0.0.1/o/client/register","postData":{"params":[{"name":"a","value":"%"}]}},"startedDateTime":"2026-03-01 20:00:00"}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := uint64(0)
		a, err := Read(bytes.NewReader(data), Options{MaxEntry: 1 << 16}, func(x *record.Exchange, _ audit.Setting) {
			n++
			if x.Received.Before(x.Sent) && x.Wire.Method == "" {
				t.Error("an exchange that ends before it begins")
			}
		})
		if n != a.Exchanges {
			t.Errorf("%d exchanges were handed on, %d counted", n, a.Exchanges)
		}
		if sum := a.Exchanges + a.Foreign + a.Preflights + a.Malformed + a.Oversized; sum != a.Entries {
			t.Errorf("%d entries, %d accounted for: %+v, %v", a.Entries, sum, a, err)
		}
	})
}

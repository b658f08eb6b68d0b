package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The runs against hostile targets: how long they send, how long one request may
// take, and what is allowed on top for start, end and a busy machine. A target
// on this machine is asked once, before the run, whether it is a simulator, and
// that request may take its time as well.
const (
	hostileDuration = time.Second
	hostileTimeout  = 700 * time.Millisecond
	hostileMargin   = 20 * time.Second
)

// answerWith is a target that answers every request in one way.
func answerWith(status int, mediaType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a client that went away is its own business
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// rawTarget is a target that writes to a connection what it likes, once a request has
// begun to come, and then closes it.
func rawTarget(talk func(net.Conn)) func(*testing.T) string {
	return func(t *testing.T) string {
		t.Helper()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		all.Go(func() {
			for {
				conn, err := listener.Accept()
				if errors.Is(err, net.ErrClosed) {
					return
				}
				if err != nil {
					continue
				}
				all.Go(func() {
					defer conn.Close()
					if n, _ := conn.Read(make([]byte, 4096)); n > 0 {
						talk(conn)
					}
				})
			}
		})
		t.Cleanup(func() {
			listener.Close()
			all.Wait()
		})
		return "http://" + listener.Addr().String()
	}
}

// textTarget writes text and closes.
func textTarget(text string) func(*testing.T) string {
	return rawTarget(func(c net.Conn) { _, _ = io.WriteString(c, text) })
}

func httpTarget(handler http.HandlerFunc) func(*testing.T) string {
	return func(t *testing.T) string {
		t.Helper()
		s := httptest.NewServer(handler)
		t.Cleanup(func() {
			s.CloseClientConnections()
			s.Close()
		})
		return s.URL
	}
}

// holdOpen keeps a connection until the other end has gone.
func holdOpen(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// silence answers nothing until the other end has gone. The server notices that
// only when the body has been read.
func silence(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // a client that went away is its own business
	<-r.Context().Done()
}

func jsonToken(extra string) string {
	return `{"access_token":"` + strings.Repeat("t", 40) + `","token_type":"bearer","expires_in":21600` + extra + `}`
}

// A target may answer what it likes, or nothing: the run ends in time, without a
// panic, with an exit code that fits and a result that adds up.
func TestATargetMayAnswerWhatItLikes(t *testing.T) {
	const gate, untrusted = exitGate, exitUntrusted
	tests := []struct {
		name   string
		target func(*testing.T) string
		code   []int
	}{
		{"500 with an HTML page", httpTarget(answerWith(500, "text/html", "<html><body>Internal Server Error</body></html>")), []int{gate}},
		{"500 with nothing", httpTarget(answerWith(500, "text/plain", "")), []int{gate}},
		{"503 as JSON", httpTarget(answerWith(503, "application/json", `{"status":503}`)), []int{gate}},
		{"200 with an HTML page", httpTarget(answerWith(200, "text/html", "<html><body>Welcome to nginx!</body></html>")), []int{gate}},
		{"200 with nothing", httpTarget(answerWith(200, "application/json", "")), []int{gate}},
		{"204", httpTarget(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }), []int{gate}},
		{"201 with an empty object", httpTarget(answerWith(201, "application/json", "{}")), []int{gate}},
		{"201 with null", httpTarget(answerWith(201, "application/json", "null")), []int{gate}},
		{"201 with members of wrong types", httpTarget(answerWith(201, "application/json", `{"client_id":1,"client_secret":[],"access_token":{},"expires_in":"soon"}`)), []int{gate}},
		{"a token that ends at once", httpTarget(answerWith(201, "application/json", `{"client_id":"a","client_secret":"b","access_token":"c","token_type":"bearer","expires_in":0}`)), []int{gate}},
		{"a token whose life overflows", httpTarget(answerWith(201, "application/json", `{"client_id":"a","client_secret":"b","access_token":"c","token_type":"bearer","expires_in":9e300}`)), []int{gate}},
		{"JSON that breaks off", httpTarget(answerWith(201, "application/json", `{"client_id":"`)), []int{gate}},
		{"JSON of great depth", httpTarget(answerWith(200, "application/json", strings.Repeat(`[`, 100_000))), []int{gate}},
		{"bytes that are no UTF-8", httpTarget(answerWith(200, "application/json", "\xff\xfe\x00{\x80}")), []int{gate}},
		{"a body of 10 MB", httpTarget(answerWith(200, "application/json", strings.Repeat("x", 10<<20))), []int{untrusted}},
		{"a 429 without end", httpTarget(answerWith(429, "text/html", "slow down")), []int{gate}},
		{"a 429 with a Retry-After of a year", httpTarget(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "31536000")
			answerWith(429, "text/html", "")(w, r)
		}), []int{gate}},
		{"a redirect to itself", httpTarget(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
		}), []int{gate}},
		{"a 401 for ever", httpTarget(answerWith(401, "application/json", `{"error":"invalid_client"}`)), []int{gate}},
		{"an interim answer without end", rawTarget(func(c net.Conn) {
			for range 10_000 {
				if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
					return
				}
			}
			holdOpen(c)
		}), []int{untrusted}},
		{"a head without end", rawTarget(func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(c, "X-A: "+strings.Repeat("a", 1000)+"\r\n"); err != nil {
					return
				}
			}
		}), []int{untrusted}},
		{"a body without end", rawTarget(func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for {
				if _, err := fmt.Fprintf(c, "400\r\n%s\r\n", strings.Repeat("x", 1024)); err != nil {
					return
				}
			}
		}), []int{untrusted}},
		{"a body that comes by drops", rawTarget(func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
			for range 1000 {
				<-time.After(50 * time.Millisecond)
				if _, err := io.WriteString(c, "x"); err != nil {
					return
				}
			}
		}), []int{untrusted}},
		{"a length of less than nothing", textTarget("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), []int{untrusted}},
		{"two lengths", textTarget("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"), []int{untrusted}},
		{"a length beyond all bounds", textTarget("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}"), []int{untrusted}},
		{"a status of 999", textTarget("HTTP/1.1 999 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"), []int{gate, untrusted}},
		{"a status of 000", textTarget("HTTP/1.1 000 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"), []int{gate, untrusted}},
		{"noise", textTarget("\x00\x01\x02\x03 this is not HTTP\r\n\r\n"), []int{untrusted}},
		{"the greeting of another protocol", textTarget("220 mail.example.com ESMTP\r\n"), []int{untrusted}},
		{"a line feed", textTarget("\n"), []int{untrusted}},
		{"nothing, and the end", textTarget(""), []int{untrusted}},
		{"half a head, and the end", textTarget("HTTP/1.1 200 O"), []int{untrusted}},
		{"half a body, and the end", textTarget("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"a\":"), []int{untrusted}},
		{"half a chunk, and the end", textTarget("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"a\":"), []int{untrusted}},
		{"half a connection, and silence", rawTarget(func(c net.Conn) {
			_ = c.(*net.TCPConn).CloseWrite()
			holdOpen(c)
		}), []int{untrusted}},
		{"silence", rawTarget(holdOpen), []int{untrusted}},
		{"silence after the head", rawTarget(func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
			holdOpen(c)
		}), []int{untrusted}},
		{"a reset", rawTarget(func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }), []int{untrusted}},
		{"credentials, then silence", httpTarget(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/o/client/register" {
				answerWith(201, "application/json", `{"client_id":"a","client_secret":"b","client_id_issued_at":1,"grant_types":["client_credentials"]}`)(w, r)
				return
			}
			silence(w, r)
		}), []int{gate, untrusted}},
		{"a token, then silence", httpTarget(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/o/") {
				answerWith(201, "application/json", jsonToken(`,"client_id":"a","client_secret":"b"`))(w, r)
				return
			}
			silence(w, r)
		}), []int{gate, untrusted}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := dcrbench(t, "run", "well-behaved", "--target", test.target(t), "--vault", "none", "--out", "out", "--format", "json",
				"--devices", "12", "--launch-rate", "24", "--duration", hostileDuration.String(), "--timeout", hostileTimeout.String(), "--max-lateness", unhurried)
			if bound := hostileDuration + 2*hostileTimeout + hostileMargin; o.took > bound {
				t.Errorf("the run took %v, and may take %v", o.took, bound)
			}
			doc := soundDocument(t, []byte(o.stdout))
			if !slices.Contains(test.code, o.code) || o.code != doc.Verdict.ExitCode {
				t.Errorf("exit code %d, verdict %+v, want one of %v", o.code, doc.Verdict, test.code)
			}
			if doc.Load.Sent == 0 {
				t.Errorf("nothing was sent; stderr: %s", o.stderr)
			}
			t.Logf("%v, exit %d: %s; %s", o.took.Round(time.Millisecond), o.code, doc.Verdict.Reasons[0], asJSON(statusCounts(doc)))
		})
	}
}

// A target that takes no connection, or speaks no TLS where it should, is an
// error before the run: nothing to tally, exit code 3, and words that say it.
func TestATargetThatCannotBeReachedIsNamed(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	plain := httpTarget(answerWith(200, "text/plain", "hello"))(t)
	secure := httptest.NewTLSServer(answerWith(200, "text/plain", "hello"))
	t.Cleanup(secure.Close)
	for _, test := range []struct{ name, target, want string }{
		{"nobody listens", "http://" + closed.Addr().String(), "cannot be reached"},
		{"no such name", "http://no-such-host.invalid", "cannot be reached"},
		{"TLS where there is none", "https" + strings.TrimPrefix(plain, "http"), "TLS"},
		{"a certificate of nobody", secure.URL, "--ca-file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := dcrbench(t, "run", "--target", test.target, "--authorized", "--devices", "5", "--duration", "1s", "--timeout", "20s", "--out", "out")
			if o.code != exitUntrusted || !strings.Contains(o.stderr, test.want) || o.stdout != "" {
				t.Errorf("exit code %d, want %d and a message with %q; stderr: %s; stdout: %s", o.code, exitUntrusted, test.want, o.stderr, o.stdout)
			}
		})
	}
}

// A TLS handshake that never comes to an end.
func TestATargetThatHangsInTheHandshakeEndsInTime(t *testing.T) {
	target := "https" + strings.TrimPrefix(rawTarget(holdOpen)(t), "http")
	o := dcrbench(t, "run", "well-behaved", "--target", target, "--vault", "none", "--format", "json",
		"--devices", "5", "--launch-rate", "20", "--duration", hostileDuration.String(), "--timeout", hostileTimeout.String())
	if bound := hostileDuration + 2*hostileTimeout + hostileMargin; o.took > bound {
		t.Errorf("the run took %v, and may take %v", o.took, bound)
	}
	if o.code != exitUntrusted {
		t.Errorf("exit code %d, want %d; stderr: %s", o.code, exitUntrusted, o.stderr)
	}
}

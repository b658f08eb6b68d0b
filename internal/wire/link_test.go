package wire

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// A socket takes some hundred kilobytes at once; what is above has to be written
// while the other end reads.
func TestARequestThatTheSocketHasNoRoomForGoesOutWhole(t *testing.T) {
	const size = 16 << 20
	for _, secure := range []bool{false, true} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, _ := io.Copy(io.Discard, r.Body)
			io.WriteString(w, strconv.FormatInt(n, 10))
		}))
		if secure {
			s.StartTLS()
		} else {
			s.Start()
		}
		defer s.Close()
		u, _ := url.Parse(s.URL)
		c, err := New(u, Options{Version: Version1, InsecureSkipVerify: true, Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		var out api.HTTPResponse
		for i := range 3 {
			in := &api.HTTPRequest{Method: "POST", Target: "/", Body: make([]byte, size)}
			tm, kind := c.Do(t.Context(), in, &out)
			if kind != api.ErrNone || string(out.Body) != strconv.Itoa(size) {
				t.Errorf("TLS %v: %v and %q, want the server to have read %d", secure, kind, out.Body, size)
			}
			if tm.BytesSent < size || tm.Reused != (i > 0) {
				t.Errorf("TLS %v: %d bytes sent, reused %v", secure, tm.BytesSent, tm.Reused)
			}
		}
	}
}

func TestALinkIsMadeOfATCPConnectionOnly(t *testing.T) {
	if l := newLink(&loop{}); l != nil {
		t.Error("a link without a socket")
	}
}

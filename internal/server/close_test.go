package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// waitFor returns when cond holds; the test's deadline bounds it.
func waitFor(t *testing.T, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the test ended")
		}
	}
}

func answered(s *Server) int64 {
	n := int64(0)
	for _, e := range s.Ledger().Endpoints {
		for _, count := range e.Status {
			n += count
		}
	}
	return n
}

func TestAClientThatWentAwayIsCounted(t *testing.T) {
	s := start(t, Options{Latency: Latency{Min: time.Hour}.capped()})
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(ctx, "GET", s.URL()+"/api/v2/REF30/profiles", nil)
		if err == nil {
			_, err = http.DefaultClient.Do(req)
		}
		gone <- err
	}()
	waitFor(t, func() bool { return answered(s) == 1 })
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("client: %v", err)
	}
}

func (l Latency) capped() Latency { return Latency{min(l.Min, maxLatency), min(l.Max, maxLatency)} }

func TestARequestWithoutItsBodyIsNotCounted(t *testing.T) {
	s := start(t, Options{})
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "POST /o/client/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(conn); err != nil || len(answer) > 0 {
		t.Errorf("answered %q, %v", answer, err)
	}
	if n := answered(s); n != 0 {
		t.Errorf("counted %d", n)
	}
}

func TestCloseLetsRequestsFinish(t *testing.T) {
	s, err := Start(t.Context(), Options{Latency: Latency{Min: 200 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	status := make(chan int, 1)
	go func() {
		res, err := http.Get(s.URL() + "/api/v2/REF30/profiles")
		if err != nil {
			status <- 0
			return
		}
		_ = res.Body.Close()
		status <- res.StatusCode
	}()
	waitFor(t, func() bool { return answered(s) == 1 })
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("close: %v", err)
	}
	if got := <-status; got != 401 {
		t.Errorf("the request in flight got %d, want 401", got)
	}
	<-s.Done()
	if _, err := http.Get(s.URL() + "/"); err == nil {
		t.Error("a closed server answers")
	}
}

func TestCloseIsBounded(t *testing.T) {
	s, err := Start(t.Context(), Options{Latency: Latency{Min: maxLatency}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if res, err := http.Get(s.URL() + "/api/v2/REF30/profiles"); err == nil {
			_ = res.Body.Close()
		}
	}()
	waitFor(t, func() bool { return answered(s) == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("close: %v", err)
	}
	<-done
}

func TestCloseDoesNotWaitForWhoAskedForNothing(t *testing.T) {
	for _, options := range []Options{{}, {TLS: true}} {
		s, err := Start(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		// The server accepts in order: once it answers, it has the connection from before.
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		answer, err := client.Get(s.URL() + "/_sim/health")
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // less than net/http waits for such a connection
		if err := s.Close(ctx); err != nil {
			t.Errorf("TLS %v: %v", options.TLS, err)
		}
		cancel()
	}
}

func TestAConnectionAcceptedAtTheVeryEndIsClosed(t *testing.T) {
	var u unused
	u.drop()
	here, there := net.Pipe()
	defer there.Close()
	u.watch(here, http.StateNew)
	if _, err := there.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("reading from it: %v, want its end", err)
	}
}

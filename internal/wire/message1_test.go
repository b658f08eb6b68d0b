package wire

import (
	"io"
	"net"
	"net/url"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

func TestARequestThatWentOutHoldsNoMessage(t *testing.T) {
	if !oneStep {
		t.Skip("this system has no exchange in one step")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	const body = "grant_type=client_credentials&client_secret=of-nobody"
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			io.ReadFull(conn, make([]byte, len(body)))
			conn.Write([]byte("H"))
			conn.Close()
		}
	}()
	target, err := newTarget(&url.URL{Scheme: "http", Host: listener.Addr().String()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := target.dial(t.Context(), "http/1.1")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	x := exchanges.New().(*exchange)
	x.compose(target, &api.HTTPRequest{Method: "POST", Target: "/", Body: []byte(body)})
	plain := x.plain
	if n, err := x.write(conn, conn.(*link)); n != len(plain) || err != nil {
		t.Fatalf("%d bytes sent, error %v, want %d", n, err, len(plain))
	}
	if x.message != nil {
		t.Error("the message is still held")
	}
	for _, b := range plain {
		if b != 0 {
			t.Fatalf("the message was given back as it is: %q", plain)
		}
	}
}

package wire

import (
	"net"
	"testing"
	"time"
)

func TestAnEndAfterTheRequestDoesNotHarmTheConnection(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	c := newConn1(near, 0)
	defer c.close()
	ctx := t.Context()
	if err := c.begin(ctx, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	c.finish()
	c.abort(ctx.Done())
	if err := c.begin(ctx, time.Now().Add(time.Minute)); err != nil || c.finish() {
		t.Errorf("error %v, aborted %v; want the connection to carry another request", err, c.aborted)
	}
	if err := c.begin(ctx, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	c.abort(ctx.Done())
	if !c.finish() {
		t.Error("an end during the request was lost")
	}
}

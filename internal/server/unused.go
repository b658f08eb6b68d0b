package server

import (
	"net"
	"net/http"
	"sync"
)

// unused knows the connections on which no request has begun. To a server that
// shuts down they count as busy for five seconds (net/http), although nobody has
// asked for anything.
type unused struct {
	mu    sync.Mutex
	over  bool // drop was called
	conns map[net.Conn]struct{}
}

// watch is for http.Server.ConnState.
func (u *unused) watch(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if state != http.StateNew {
		delete(u.conns, c)
		return
	}
	if u.over { // accepted at the very end
		_ = c.Close()
		return
	}
	if u.conns == nil {
		u.conns = map[net.Conn]struct{}{}
	}
	u.conns[c] = struct{}{}
}

// drop closes them, and is for http.Server.RegisterOnShutdown.
func (u *unused) drop() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	for c := range u.conns {
		_ = c.Close() // whoever is there has asked for nothing
	}
}

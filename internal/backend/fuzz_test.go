package backend

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// FuzzHandle sends hostile requests: always an answer, never a panic, and the
// ledger counts each exactly once.
func FuzzHandle(f *testing.F) {
	r := newRig(f, Config{LoginDelay: -1}).signOn("app").signIn("Cox")
	for _, req := range every(r, r.session("DTV")) {
		in := r.encode(req)
		f.Add(in.Method, in.Target, in.Header.Get("Content-Type"), in.Header.Get("X-Forwarded-For"), "", in.Body, false, uint32(1))
	}
	f.Add("GET", "/api/v2/%zz/profiles/code/%", "application/json; charset=\"", ",,::1%,", "Bearer ", []byte(`{"resources":[[[`), true, uint32(1<<31))
	f.Add("POST", "/o/client/token?client_id=%41", "application/x-www-form-urlencoded", "1.2.3.4", "Basic x", []byte("a=%&&=&client_id=+"), true, uint32(0))
	f.Fuzz(func(t *testing.T, method, target, mediaType, address, status string, body []byte, strict bool, seconds uint32) {
		s, err := New(Config{StrictDeviceInfo: strict, QueryCredentials: strict}, [32]byte{9}, &stubVerifier{})
		if err != nil {
			t.Fatal(err)
		}
		key := s.gen.next().asUUID()
		s.software.number(statement.Claims{Scopes: []string{ScopeV2}}, nil)
		s.clients[key] = client{subject: s.ledger.device("192.0.2.1", "")}
		bearer := s.gen.next()
		s.tokens.put(bearer, token{key, epoch.Add(time.Hour).UnixNano()})
		in := api.HTTPRequest{Method: method, Target: target, Body: body, Peer: address, Header: api.Header{
			{Name: "Content-Type", Value: mediaType}, {Name: "X-Forwarded-For", Value: address},
			{Name: "AP-Device-Identifier", Value: device1}, {Name: "X-Device-Info", Value: status},
			{Name: "AP-Partner-Framework-Status", Value: status}, {Name: "AP-TempPass-Identity", Value: status},
			{Name: "Authorization", Value: "Bearer " + string(s.gen.appendToken(nil, bearer))},
		}}
		for i := range 3 {
			var out api.HTTPResponse
			s.Handle(epoch.Add(time.Duration(i)*time.Duration(seconds)*time.Second), &in, &out)
			if out.Status < 200 || out.Status > 599 {
				t.Fatalf("status %d", out.Status)
			}
		}
		n := int64(0)
		for _, e := range s.Ledger().Endpoints {
			for _, count := range e.Status {
				n += count
			}
		}
		if n != 3 {
			t.Fatalf("the ledger counts %d of 3 requests", n)
		}
	})
}

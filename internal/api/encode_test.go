package api

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var testIdentity = Identity{
	DeviceInfo: "e30=", DeviceIdentifier: "fingerprint QQ==", UserAgent: "ExampleTV/5.2", ForwardedFor: "192.0.2.7",
}

// fullRequest fills every parameter, so that whatever an operation does not
// list would show.
func fullRequest(op Op) Request {
	return Request{
		Op: op, ServiceProvider: "REF30", MVPD: "Cable", Code: "8ER640M", Partner: "Apple",
		SoftwareStatement: "a.b.c", RedirectURI: "app://x", ClientID: "id", ClientSecret: "s&=+ ", AccessToken: "tok",
		DomainName: "example.com", RedirectURL: "https://example.com/a?b=c d", Resources: []string{"r1", `r"2`},
		SAMLResponse: "PHM+", PartnerStatus: "cGZz", TempPassIdentity: "dHA=",
	}
}

const (
	sentForm     = "mvpd=Cable&domainName=example.com&redirectUrl=https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc+d"
	sentRedirect = "https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc%20d"
	sentJSON     = "application/json;charset=utf-8"
	sentURLForm  = "application/x-www-form-urlencoded"
)

// The groups of headers that the API pages list, in the order of the wire.
var (
	agent     = Header{{"User-Agent", "ExampleTV/5.2"}}
	accept    = Header{{"Accept", sentJSON}}
	authorize = Header{{"Authorization", "Bearer tok"}}
	jsonBody  = Header{{"Content-Type", sentJSON}}
	formBody  = Header{{"Content-Type", sentURLForm}}
	device    = Header{{"AP-Device-Identifier", "fingerprint QQ=="}}
	info      = Header{{"X-Device-Info", "e30="}}
	address   = Header{{"X-Forwarded-For", "192.0.2.7"}}
	partner   = Header{{"AP-Partner-Framework-Status", "cGZz"}}
	temporary = Header{{"AP-TempPass-Identity", "dHA="}}
)

func join(groups ...Header) Header {
	var all Header
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

func TestEncodeSendsWhatEachPageLists(t *testing.T) {
	tests := map[Op]HTTPRequest{
		OpRegister: {Method: "POST", Target: "/o/client/register", Header: join(agent, accept, jsonBody, info, address),
			Body: []byte(`{"software_statement":"a.b.c","redirect_uri":"app://x"}`)},
		OpToken: {Method: "POST", Target: "/o/client/token", Header: join(agent, accept, formBody, info, address),
			Body: []byte("client_id=id&client_secret=s%26%3D%2B+&grant_type=client_credentials")},
		OpConfiguration: {Method: "GET", Target: "/api/v2/REF30/configuration", Header: join(agent, accept, authorize, address)},
		OpSessionsCreate: {Method: "POST", Target: "/api/v2/REF30/sessions",
			Header: join(agent, accept, authorize, formBody, device, info, address), Body: []byte(sentForm)},
		OpSessionsResume: {Method: "POST", Target: "/api/v2/REF30/sessions/8ER640M",
			Header: join(agent, accept, authorize, formBody, address), Body: []byte(sentForm)},
		OpSessionsRetrieve: {Method: "GET", Target: "/api/v2/REF30/sessions/8ER640M", Header: join(agent, accept, authorize, address)},
		OpAuthenticate:     {Method: "GET", Target: "/api/v2/authenticate/REF30/8ER640M", Header: join(agent, address)},
		OpProfilesList: {Method: "GET", Target: "/api/v2/REF30/profiles",
			Header: join(agent, accept, authorize, device, info, address, partner)},
		OpProfilesMVPD: {Method: "GET", Target: "/api/v2/REF30/profiles/Cable",
			Header: join(agent, accept, authorize, device, info, address, partner, temporary)},
		OpProfilesCode: {Method: "GET", Target: "/api/v2/REF30/profiles/code/8ER640M",
			Header: join(agent, accept, authorize, address, temporary)},
		OpAuthorize: {Method: "POST", Target: "/api/v2/REF30/decisions/authorize/Cable",
			Header: join(agent, accept, authorize, jsonBody, device, info, address, partner, temporary),
			Body:   []byte(`{"resources":["r1","r\"2"]}`)},
		OpPreauthorize: {Method: "POST", Target: "/api/v2/REF30/decisions/preauthorize/Cable",
			Header: join(agent, accept, authorize, jsonBody, device, info, address, partner),
			Body:   []byte(`{"resources":["r1","r\"2"]}`)},
		OpLogout: {Method: "GET", Target: "/api/v2/REF30/logout/Cable?redirectUrl=" + sentRedirect,
			Header: join(agent, accept, authorize, device, info, address)},
		OpSSOSessions: {Method: "POST", Target: "/api/v2/REF30/sessions/sso/Apple",
			Header: join(agent, accept, authorize, formBody, device, info, address, partner),
			Body:   []byte(sentForm[len("mvpd=Cable&"):])},
		OpSSOProfiles: {Method: "POST", Target: "/api/v2/REF30/profiles/sso/Apple",
			Header: join(agent, accept, authorize, formBody, device, info, address, partner),
			Body:   []byte("SAMLResponse=PHM%2B")},
	}
	var wire HTTPRequest
	for op := OpRegister; op < NumOps; op++ {
		req := fullRequest(op)
		req.Encode(&testIdentity, &wire)
		if diff := cmp.Diff(tests[op], wire, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%v:\n%s", op, diff)
		}
	}
}

func TestEncodeLeavesOutWhatIsEmpty(t *testing.T) {
	want := map[Op]string{
		OpRegister: `{"software_statement":""}`, OpToken: "client_id=&client_secret=&grant_type=client_credentials",
		OpAuthorize: `{"resources":[]}`, OpPreauthorize: `{"resources":[]}`,
	}
	for op := OpRegister; op < NumOps; op++ {
		var wire HTTPRequest
		(&Request{Op: op, ServiceProvider: "x", MVPD: "x", Code: "x", Partner: "x"}).Encode(nil, &wire)
		for _, f := range wire.Header {
			if f.Name != "Accept" && f.Name != "Content-Type" {
				t.Errorf("%v sends an empty %s", op, f.Name)
			}
		}
		body := want[op]
		if op == OpSessionsCreate || op == OpSessionsResume {
			body = "mvpd=x"
		}
		if string(wire.Body) != body || wire.Query() != "" {
			t.Errorf("%v sends %q with query %q, want %q", op, wire.Body, wire.Query(), body)
		}
	}
}

func TestEncodeReplacesWhatTheMessageHeld(t *testing.T) {
	wire := HTTPRequest{
		Method: "PUT", Target: "/old", Header: Header{{"X-Old", "1"}}, Body: []byte("old"), Peer: "192.0.2.1",
	}
	req := Request{Op: OpConfiguration, ServiceProvider: "a/b", AccessToken: "t"}
	req.Encode(nil, &wire)
	if wire.Header.Has("X-Old") || len(wire.Body) != 0 || wire.Peer != "" || wire.Target != "/api/v2/a%2Fb/configuration" {
		t.Errorf("got %+v", wire)
	}
}

func TestEncodedBodiesReadBackAsTheyWere(t *testing.T) {
	text := rapid.String()
	rapid.Check(t, func(t *rapid.T) {
		req := Request{
			Op: OpToken, ClientID: text.Draw(t, "id"), ClientSecret: text.Draw(t, "secret"),
			Resources: rapid.SliceOf(text).Draw(t, "resources"), ServiceProvider: "x", MVPD: "x",
		}
		var wire HTTPRequest
		req.Encode(nil, &wire)
		form, err := url.ParseQuery(string(wire.Body))
		if err != nil || form.Get("client_id") != req.ClientID || form.Get("client_secret") != req.ClientSecret {
			t.Fatalf("%q reads %v, %v", wire.Body, form, err)
		}
		req.Op = OpAuthorize
		req.Encode(nil, &wire)
		var body struct{ Resources []string }
		if err := json.Unmarshal(wire.Body, &body); err != nil || !cmp.Equal(body.Resources, append([]string{}, req.Resources...)) {
			t.Fatalf("%q reads %q, %v", wire.Body, body.Resources, err)
		}
	})
}

func TestEncodeIsFrugal(t *testing.T) {
	for op := OpRegister; op < NumOps; op++ {
		req := fullRequest(op)
		var wire HTTPRequest
		// The target and the Authorization value are strings of their own.
		if n := testing.AllocsPerRun(100, func() { req.Encode(&testIdentity, &wire) }); n > 2 {
			t.Errorf("%v: %v allocations, want at most 2", op, n)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, op := range []Op{OpToken, OpSessionsCreate, OpAuthorize, OpLogout} {
		b.Run(op.String(), func(b *testing.B) {
			req := fullRequest(op)
			var wire HTTPRequest
			b.ReportAllocs()
			for b.Loop() {
				req.Encode(&testIdentity, &wire)
			}
		})
	}
}

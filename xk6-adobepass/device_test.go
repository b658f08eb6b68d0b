package adobepass

import (
	"testing"

	"go.k6.io/k6/lib"
	"gopkg.in/guregu/null.v3"
)

func TestACallFetchesWhatItNeedsOnce(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "well-behaved", devices: 2 });`, lib.Options{})
	s.run(`const device = fleet.at(1);
		if (device.registered) throw "registered before anything was sent";
		let r = device.call("configuration");
		if (!r.ok || r.status !== 200 || r.operation !== "configuration" || r.requests !== 3 || r.tokenReused) throw JSON.stringify(r);
		if (!device.registered || r.findings.length !== 0 || r.throttled) throw JSON.stringify(r);
		if (r.json() === null || typeof r.body !== "string") throw "no body";
		r = device.call("configuration");
		if (!r.ok || r.requests !== 1 || !r.tokenReused) throw JSON.stringify(r);
		if (fleet.at(0).registered) throw "the other device was registered too";`)
	got := s.counts()
	for name, want := range map[string]float64{
		"adobepass_registrations": 1, "adobepass_tokens": 1, "adobepass_calls": 2, "adobepass_tokens_reused": 1,
		"adobepass_call_duration": 4, "adobepass_throttled": 0, "http_reqs": 4, "http_req_failed": 0, "http_req_duration": 4,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}

func TestRegisterAndTokenAreSentOnlyWhenNeeded(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "well-behaved", devices: 2 });`, lib.Options{})
	s.run(`const device = fleet.at(0);
		const expect = (r, requests, operation) => {
			if (!r.ok || r.requests !== requests || r.operation !== operation || r.body !== null) throw operation + " " + JSON.stringify(r);
		};
		expect(device.register(), 1, "register");
		expect(device.register(), 0, "register");
		expect(device.token(), 1, "token");
		expect(device.token(), 0, "token");
		expect(device.token({ force: true }), 1, "token");
		expect(device.register({ force: true }), 1, "register");
		expect(device.token(), 1, "token");
		device.reset();
		if (device.registered) throw "registered after a reset";
		expect(device.token(), 2, "token");`)
}

func TestAViewerSignsInByHand(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "well-behaved", devices: 1, simulator: { loginDelay: "0s" } });`, lib.Options{})
	s.run(`const device = fleet.next();
		let r = device.call("decisions.authorize");
		if (r.status !== 403 || r.outcome !== "reauthenticate" || r.errorCode !== "authenticated_profile_missing" || r.errorAction !== "authentication") throw JSON.stringify(r);
		const session = device.call("sessions.create");
		if (!session.ok || session.action !== "authenticate" || session.code === "") throw JSON.stringify(session);
		const { code } = session;
		r = device.call("authenticate", { code });
		if (!r.ok || r.status !== 302) throw JSON.stringify(r);
		r = device.call("profiles.code", { code });
		if (!r.ok) throw JSON.stringify(r);
		r = device.call("decisions.authorize");
		if (!r.ok || r.json().decisions[0].authorized !== true) throw JSON.stringify(r);
		if (device.call("decisions.preauthorize").ok !== true) throw "preauthorize";
		if (device.call("logout").ok !== true) throw "logout";`)
}

func TestARefusedDeviceSaysWhenItIsReadyAndWaits(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "old-apps", devices: 1, simulator: { throttle: "1:2" } });`, lib.Options{})
	s.run(`const device = fleet.at(0);
		let r = device.call("configuration");
		for (let i = 0; i < 20 && !r.throttled; i++) r = device.call("configuration");
		if (!r.throttled || r.outcome !== "throttled" || r.status !== 429) throw JSON.stringify(r);
		if (!(r.readyIn > 0) || !(device.readyIn > 0)) throw "ready at once: " + JSON.stringify(r);
		const again = device.call("configuration", { retry: true });
		if (!again.ok || !(again.waited > 0)) throw JSON.stringify(again);`)
	if got := s.counts(); got["adobepass_throttled"] == 0 || got["http_req_failed"] != 0 || got["adobepass_wait_duration"] == 0 {
		t.Errorf("the 429 and the wait are not in the metrics, or a failed request: %v", got)
	}
}

func TestNextPassesOverDevicesThatWait(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "old-apps", devices: 3, simulator: { throttle: "1:2" } });`, lib.Options{})
	s.run(`const device = fleet.at(1);
		for (let i = 0; i < 20 && device.readyIn === 0; i++) device.call("configuration");
		const seen = {};
		for (let i = 0; i < 6; i++) seen[fleet.next().index] = true;
		if (seen[1] || !seen[0] || !seen[2]) throw JSON.stringify(seen);`)
}

func TestARawRequestCarriesTheDeviceAndItsToken(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "well-behaved", devices: 1 });`, lib.Options{})
	s.run(`const device = fleet.next();
		let r = device.request("GET", "/api/v2/REF30/configuration");
		if (!r.ok || r.operation !== "configuration" || r.requests !== 3) throw JSON.stringify(r);
		r = device.request("GET", "/api/v2/REF30/configuration", { token: false });
		if (r.status !== 401 || r.requests !== 1) throw JSON.stringify(r);
		r = device.request("GET", "/nowhere", { name: "nowhere", headers: { "X-Device-Info": null, "x-mine": "1" } });
		if (r.status !== 404 || r.operation !== "raw") throw JSON.stringify(r);
		r = device.request("POST", "/o/client/register", { body: "{}", headers: { "Content-Type": "application/json" } });
		if (r.status !== 400 || r.body !== null) throw JSON.stringify(r);`)
}

func TestAnAsyncCallComesToTheSame(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "well-behaved", devices: 4 });`, lib.Options{})
	s.run(`let sum = 0;
		Promise.all([0, 1, 2, 3, 0].map((i) => fleet.at(i).callAsync("configuration"))).then((all) => { for (const r of all) sum += r.requests; });`)
	if got := s.run(`sum`); got != int64(4*3+1) {
		t.Errorf("%v requests, want 13: the device that was called twice waits for its turn", got)
	}
}

func TestBodiesAreLeftOutWhenTheScriptDiscardsThem(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "well-behaved", devices: 1 });`, lib.Options{DiscardResponseBodies: null.BoolFrom(true)})
	s.run(`const r = fleet.next().call("configuration");
		if (!r.ok || r.body !== null || r.json() !== null) throw JSON.stringify(r);`)
}

func TestASessionGoesThroughItsProfile(t *testing.T) {
	if testing.Short() {
		t.Skip("a viewing session takes its time")
	}
	s := newScript(t, nil, `const fleet = new Fleet({ profiles: QUICK, devices: 1, simulator: { loginDelay: "0s" } });`, lib.Options{})
	s.run(`const device = fleet.next();
		let r = device.session();
		if (!r.ended || !r.completed || r.registrations !== 1 || r.tokens !== 1 || r.calls < 4) throw JSON.stringify(r);
		if (device.done) throw "done after one of two sessions";
		r = device.session();
		if (!r.completed || r.registrations !== 0 || r.tokens !== 0) throw JSON.stringify(r);
		if (!device.done) throw "not done after two sessions";
		r = device.call("configuration");
		if (r.requests !== 1) throw "an errand has to know the session's token: " + JSON.stringify(r);
		device.token({ force: true });
		r = device.session();
		if (!r.completed || r.tokens !== 0) throw "a session has to know the errand's token: " + JSON.stringify(r);`)
}

func TestDevicesKeepNothingOfTheUnreachable(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ target: "http://127.0.0.1:9", devices: 1 });`, lib.Options{})
	if got := s.throws(`fleet.next()`); got == "" {
		t.Error("no error for a target that is not there")
	}
}

package adobepass

import (
	"strings"
	"testing"

	"go.k6.io/k6/js/modulestest"
	"go.k6.io/k6/lib"
)

func TestWrongOptionsOfAFleetAreNamed(t *testing.T) {
	for code, want := range map[string]string{
		`new Fleet({ device: 5 })`:                                                   `unknown option "device"; did you mean "devices"?`,
		`new Fleet({ devices: 1.7 })`:                                                `devices must be a whole number from 1 to 10000000, not the number 1.7`,
		`new Fleet({ devices: "5" })`:                                                `devices must be a whole number from 1 to 10000000, not the text "5"`,
		`new Fleet({ seed: -1 })`:                                                    `seed must be`,
		`new Fleet({ fleet: "living-rom" })`:                                         `fleet: "living-rom" is not a known fleet`,
		`new Fleet({ fleet: ["a"] })`:                                                `fleet must be a string, not an array`,
		`new Fleet({ target: "example.com" })`:                                       `target: "example.com": the scheme`,
		`new Fleet({ target: "https://example.com" })`:                               `add authorized: true`,
		`new Fleet({ target: "https://sp.auth.adobe.com", authorized: true })`:       `add allowProduction: true`,
		`new Fleet({ target: "https://example.com", authorized: true })`:             `softwareStatement: target "example.com" needs one`,
		`new Fleet({ target: "http://127.0.0.1:1", simulator: {} })`:                 `simulator: shapes the embedded simulator`,
		`new Fleet({ simulator: { throtle: "off" } })`:                               `simulator: unknown option "throtle"; did you mean "throttle"?`,
		`new Fleet({ simulator: { throttle: "fast" } })`:                             `simulator: throttle`,
		`new Fleet({ simulator: { tokenTtl: 5 } })`:                                  `tokenTtl must be a duration of at least 1s`,
		`new Fleet({ simulator: { faults: ["no-such"] } })`:                          `no-such`,
		`new Fleet({ launch: "sometimes" })`:                                         `launch:`,
		`new Fleet({ authorized: "yes" })`:                                           `authorized must be true or false, not the text "yes"`,
		`new Fleet({ maxRps: NaN })`:                                                 `maxRps must be a number from`,
		`new Fleet({ timeout: "soon" })`:                                             `timeout must be a duration of at least 1ms, such as "30s", not the text "soon"`,
		`new Fleet({ expectedStatuses: [200, 7] })`:                                  `expectedStatuses[1] must be an HTTP status`,
		`new Fleet({ softwareStatement: { secret: "a", env: "B" } })`:                `softwareStatement: give either`,
		`new Fleet({ softwareStatement: "not-signed" })`:                             `softwareStatement: is no signed statement`,
		`new Fleet({ softwareStatement: { secrt: "a" } })`:                           `softwareStatement: unknown option "secrt"`,
		`new Fleet({ profiles: "profiles: [" })`:                                     `profiles`,
		`new Fleet("living-room")`:                                                   `options must be an object, not a string`,
		`new Fleet([])`:                                                              `options must be an object, not an array`,
		`new Fleet({ name: "a", devices: 5 }); new Fleet({ name: "a", devices: 6 })`: `a fleet "a" with other options exists: devices differs`,
		`new Fleet({ devices: 5, seed: 1 }); new Fleet({ devices: 5, seed: 2 })`:     `seed differs`,
		`new Fleet({ devicez: 1, seed: "x", launch: 3 })`:                            `seed must be`,
	} {
		s := &script{Runtime: modulestest.NewRuntime(t), t: t}
		if err := s.SetupModuleSystem(map[string]any{"k6/x/adobepass": newRoot()}, nil, nil); err != nil {
			t.Fatal(err)
		}
		s.run(`const { Fleet } = require("k6/x/adobepass");`)
		if got := s.throws(code); !strings.Contains(got, want) || !strings.HasPrefix(got, "TypeError: new Fleet") {
			t.Errorf("%s:\n got %s\nwant %s", code, got, want)
		}
	}
}

func TestEveryProblemOfTheOptionsIsReportedAtOnce(t *testing.T) {
	s := &script{Runtime: modulestest.NewRuntime(t), t: t}
	if err := s.SetupModuleSystem(map[string]any{"k6/x/adobepass": newRoot()}, nil, nil); err != nil {
		t.Fatal(err)
	}
	s.run(`const { Fleet } = require("k6/x/adobepass");`)
	got := s.throws(`new Fleet({ devicez: 1, seed: "x", launch: 3 })`)
	for _, want := range []string{`"devicez"`, "seed must be", "launch must be"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %s", want, got)
		}
	}
}

func TestWrongUsesOfAFleetAndItsDevicesAreNamed(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "well-behaved", devices: 4 });`, lib.Options{})
	s.run(`const device = fleet.at(0)`)
	for code, want := range map[string]string{
		`fleet.at(4)`:                                 `index must be a whole number from 0 to 3, not the number 4`,
		`fleet.at(0.5)`:                               `fleet.at: index`,
		`fleet.at()`:                                  `fleet.at: index`,
		`fleet.at("1")`:                               `not the text "1"`,
		`device.call("authorize")`:                    `unknown operation "authorize"; did you mean "decisions.authorize"?`,
		`device.call("profiles")`:                     `unknown operation "profiles"; did you mean "profiles.list"?`,
		`device.call("xyz")`:                          `unknown operation "xyz"; known are configuration, sessions.create, `,
		`device.identifier = "x"`:                     `device.identifier cannot be set`,
		`device.call("configuraton")`:                 `unknown operation "configuraton"; did you mean "configuration"?`,
		`device.call("register")`:                     `use device.register()`,
		`device.call()`:                               `operation must be a string, not undefined`,
		`device.call("configuration", { mvpd: "x" })`: `unknown option "mvpd"`,
		`device.call("sessions.retrieve")`:            `code: is missing`,
		`device.call("decisions.authorize", { resources: "REF30" })`: `resources must be an array of strings`,
		`device.call("decisions.authorize", { resources: [1] })`:     `resources[0]: must be a string`,
		`device.call("configuration", { retry: 1 })`:                 `retry must be true or false`,
		`device.token({ forced: true })`:                             `unknown option "forced"; did you mean "force"?`,
		`device.session({ steps: 1 })`:                               `device.session: unknown option "steps"`,
		`device.request("GET")`:                                      `path must be a string`,
		`device.request("GET", "api")`:                               `path must begin with a slash`,
		`device.request("G T", "/api")`:                              `method must be such as`,
		`device.request("GET", "/", { headers: { a: 1 } })`:          `headers: a must be a string`,
		`device.request("GET", "/", { headers: { "a b": "x" } })`:    `headers: "a b" is no name of a header`,
		`device.request("GET", "/", { headers: { a: "x\ny" } })`:     `headers: a: holds a character that no header may hold`,
		`device.call("sessions.retrieve", { code: 5 })`:              `code must be a string, not the number 5`,
		`device.request("GET", "/", { header: {} })`:                 `unknown option "header"; did you mean "headers"?`,
		`const { call } = device; call("configuration")`:             `device.call needs its device`,
		`new Fleet({})`: `belongs in the init context`,
		`adobepass.writeResult({}, { output: "x" })`: `writeResult: unknown option "output"`,
		`"use strict"; device.index = 3`:             `TypeError`,
	} {
		if got := s.throws(code); !strings.Contains(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", code, got, want)
		}
	}
}

func TestAWrongTextIsShownUnlessItMayBeASecret(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ fleet: "well-behaved", devices: 1 });`, lib.Options{})
	for _, code := range []string{
		`fleet.at(0).request("GET", "/", { token: "hush-hush" })`,
		`fleet.at(0).request("GET", "/", "hush-hush")`,
		`fleet.at(0).request("GET", "/", { headers: { authorization: "hush-hush\n" } })`,
		`adobepass.conformance({ softwareStatement: "hush-hush" })`,
		`fleet.at(0).token("hush-hush")`,
	} {
		if got := s.throws(code); strings.Contains(got, "hush") {
			t.Errorf("%s: %s", code, got)
		}
	}
	if got := s.throws(`fleet.at("` + strings.Repeat("x", 99) + `")`); !strings.Contains(got, `the text that begins "`+strings.Repeat("x", 40)+`"`) {
		t.Error(got)
	}
}

func TestDevicesActInVUCodeOnly(t *testing.T) {
	s := &script{Runtime: modulestest.NewRuntime(t), t: t}
	if err := s.SetupModuleSystem(map[string]any{"k6/x/adobepass": newRoot()}, nil, nil); err != nil {
		t.Fatal(err)
	}
	s.run(`const { Fleet } = require("k6/x/adobepass"); const fleet = new Fleet({ devices: 2 });`)
	if got := s.throws(`fleet.next()`); !strings.Contains(got, "not in the init context") {
		t.Error(got)
	}
	if got := s.run(`fleet.size`); got != int64(2) {
		t.Errorf("size in the init context is %v", got)
	}
}

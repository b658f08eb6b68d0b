// Package archtest holds the plan of the house as data and judges the source
// tree by it: which rooms there are, what may import what, and what a pure room
// may not touch. Its test fails with the reason of the rule that was broken.
package archtest

import "strings"

// Module is the path of this module.
const Module = "github.com/dcrbench/dcrbench"

// Room is one package, or a folder of packages, and its place in the house.
type Room struct {
	// Path is relative to the module; the packages below belong to the room
	// unless they are rooms themselves.
	Path string
	// Ring is 0 for the vocabulary, 1 for behaviour, 2 for drivers and
	// adapters, 3 for the edges. Imports point to the same ring or further in.
	Ring int
}

// Pure reports whether the room may not touch the world: rings 0 and 1.
func (r Room) Pure() bool { return r.Ring <= 1 }

// Rooms is the plan of the house; not every room has to exist yet.
var Rooms = []Room{
	{"internal/api", 0},
	{"internal/jsondoc", 0},
	{"internal/throttle", 0},
	{"internal/spec", 0},
	{"internal/stats", 0},
	{"internal/pace", 0},
	{"internal/statement", 0},
	{"internal/guard", 0},
	{"internal/nearest", 0},
	{"internal/timers", 0},

	{"profiles", 1},
	{"internal/device", 1},
	{"internal/backend", 1},
	{"internal/spoil", 1},
	{"internal/record", 1},
	{"internal/contract", 1},
	{"internal/check", 1},
	{"internal/compare", 1},
	{"internal/audit", 1},
	{"internal/fit", 1},
	{"internal/recording", 1},
	{"internal/tally", 1},
	{"internal/result", 1},
	{"internal/search", 1},

	{"internal/wire", 2},
	{"internal/server", 2},
	{"internal/vault", 2},
	{"internal/run", 2},
	{"internal/plan", 2},
	{"internal/probe", 2},
	{"internal/proxy", 2},
	{"xk6-adobepass", 2},

	{".", 3},
	{"reports", 3},
	{"cmd", 3},
	{"xk6-adobepass/k6", 3},
	{"scripts", 3},
	{"internal/archtest", 3},
	{"internal/nginxtest", 3},
}

// Strangers are rooms that never reach each other, not even by way of others.
type Strangers struct {
	A, B []string
	Why  string
}

var drivers = []string{"internal/run", "internal/plan", "xk6-adobepass"}

// NeverMeet lists the strangers.
var NeverMeet = []Strangers{
	{drivers, drivers, "drivers differ only in how they wait and send; what they share belongs in a ring below them"},
	{[]string{"internal/device"}, []string{"internal/backend"}, "the client and the service know each other by the wire vocabulary only"},
	{[]string{"reports"}, drivers, "a report is made from a result document, whoever made that"},
}

// Restriction says which rooms alone may import a package.
type Restriction struct {
	// Import is a path; its subpackages are restricted with it.
	Import string
	Rooms  []string
	Why    string
}

// Restricted lists the packages that few rooms may import.
var Restricted = []Restriction{
	{"net/http", []string{"internal/wire", "internal/server", "internal/proxy", "cmd", "xk6-adobepass", "scripts"},
		"HTTP stays in the adapters and at the edge, so that everything else runs without a network"},
	{"go.k6.io/k6", []string{"xk6-adobepass"},
		"k6 is one of three drivers; the others live without it"},
}

// NeverLinks says which packages a program must not contain, however they get in.
type NeverLinks struct {
	Path, Import, Why string
}

// Unlinked lists the programs and what they must not contain.
var Unlinked = []NeverLinks{
	{"cmd/dcrbench", "go.k6.io/k6", "the standalone program must not carry k6"},
}

// impure names the packages that a pure room may not import.
var impure = []string{
	"net", "os", "context", "sync/atomic", "log", "syscall", "unsafe", "runtime", "plugin", "testing",
}

// harmless names packages below impure ones that only compute.
var harmless = []string{"net/url", "net/netip", "net/textproto", "net/mail"}

// worldly names the functions of the watched packages that a pure room may not
// use: they read a clock, wait, draw from a source that has no seed, or lock. A
// constant that is computed when it is first asked for is still one.
func worldly(pkg, name string) (bad bool, why string) {
	switch pkg {
	case "time":
		switch name {
		case "Now", "Since", "Until":
			return true, "time is an argument: a pure room reads no clock"
		case "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker":
			return true, "waiting is the driver's: a pure room says until when"
		}
	case "math/rand", "math/rand/v2":
		switch name {
		case "New", "NewSource", "NewPCG", "NewChaCha8", "NewZipf",
			"Rand", "Source", "Source64", "PCG", "ChaCha8", "Zipf":
			return false, ""
		}
		return true, "randomness is an argument: the same seed must give the same run"
	case "sync":
		return !strings.HasPrefix(name, "OnceValue"), "pure rooms compute: locks are the drivers'"
	}
	return false, ""
}

// room returns the room of a package by its path relative to the module.
func room(path string) (Room, bool) {
	var best Room
	for _, r := range Rooms {
		if within(path, r.Path) && len(r.Path) > len(best.Path) {
			best = r
		}
	}
	return best, best.Path != ""
}

// within reports whether path is dir or below it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

func withinAny(path string, dirs []string) bool {
	for _, d := range dirs {
		if within(path, d) {
			return true
		}
	}
	return false
}

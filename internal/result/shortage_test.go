package result

import (
	"strings"
	"testing"
)

func TestShortageNamesWhatRanOut(t *testing.T) {
	well := Generator{Processors: 2, Measured: true, CPU: 0.2, Idle: 0.7, InFlightBound: 64}
	for _, test := range []struct {
		name     string
		inFlight int
		change   func(*Generator)
		want     string
	}{
		{"its own work", 10, func(g *Generator) { g.Processors, g.CPU, g.Idle = 1, 0.97, 0.01 },
			"processor time ran out: of 1 processor the generator used 97 %, other programs 2 %, the hypervisor 0 %"},
		{"the work of others", 10, func(g *Generator) { g.CPU, g.Idle, g.Stolen = 0.5, 0.01, 0.09 },
			"processor time ran out: of 2 processors the generator used 50 %, other programs 40 %, the hypervisor 9 %"},
		{"its own work where the system tells no more", 10, func(g *Generator) { g.Measured, g.CPU, g.Idle = false, 0.97, 0 },
			"processor time ran out: of 2 processors the generator used 97 %"},
		{"connections", 64, func(*Generator) {}, "connections ran out at the bound of 64 requests under way (try: a higher --max-in-flight)"},
		{"connections on a busy machine", 64, func(g *Generator) { g.Idle = 0 },
			"connections ran out at the bound of 64 requests under way (try: a higher --max-in-flight); processor time ran out: of 2 processors the generator used 20 %, other programs 80 %"},
		{"descriptors", 64, func(g *Generator) { g.DescriptorLimit = 96 },
			"file descriptors ran out: the limit of 96 leaves room for 64 connections (try: ulimit -n 20000)"},
		{"garbage", 10, func(g *Generator) { g.Collecting = 0.4 }, "garbage collection took 40 % of the generator's processor time"},
		{"a hypervisor", 10, func(g *Generator) { g.Stolen = 0.05 }, "processor time was taken away: of 2 processors the generator used 20 %, other programs 5 %, the hypervisor 5 %"},
		{"nothing", 10, func(*Generator) {}, "no resource ran out over the whole run"},
	} {
		g := well
		test.change(&g)
		if got := shortage(&Load{InFlightMax: test.inFlight, Generator: &g}); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if got := shortage(&Load{}); got != "" {
		t.Errorf("with nothing known: %q", got)
	}
}

package result

import (
	"fmt"
	"strings"
)

// Generator is how the machine that made the load fared during the run. Shares
// are from 0 to 1, of the time of the processors that the generator may use.
type Generator struct {
	// Processors is how many there are.
	Processors int `json:"processors"`
	// Measured says that the system told Idle and Stolen.
	Measured bool `json:"measured"`
	// CPU is what the generator used, Stolen what a hypervisor gave to other
	// machines, Idle what nobody used. The rest went to other programs.
	CPU    float64 `json:"cpu"`
	Stolen float64 `json:"stolen"`
	Idle   float64 `json:"idle"`
	// Collecting is the garbage collector's share of CPU.
	Collecting float64 `json:"collecting"`
	// InFlightBound is how many requests could be under way at once, and
	// DescriptorLimit the limit on open files that made it so; 0 when something
	// else did.
	InFlightBound   int `json:"in_flight_bound"`
	DescriptorLimit int `json:"descriptor_limit"`
}

// Bounds above which a resource counts as short.
const (
	idleLeft      = 0.05
	muchCollected = 0.25
	muchStolen    = 0.02
)

// shortage says which resource of the generator ran out, or "" when nothing is
// known about it.
func shortage(l *Load) string {
	g := l.Generator
	switch {
	case g == nil:
		return ""
	case g.Measured && g.Idle < idleLeft, !g.Measured && g.CPU > 1-idleLeft:
		return "processor time ran out: " + g.processorUse()
	case l.InFlightMax >= g.InFlightBound && g.DescriptorLimit > 0:
		return fmt.Sprintf("file descriptors ran out: the limit of %d leaves room for %s (try: ulimit -n 20000)",
			g.DescriptorLimit, plural(uint64(g.InFlightBound), "connection", "connections"))
	case l.InFlightMax >= g.InFlightBound:
		return fmt.Sprintf("connections ran out: all %s that may be under way were (try: a higher --max-in-flight)",
			plural(uint64(g.InFlightBound), "request", "requests"))
	case g.Collecting > muchCollected:
		return fmt.Sprintf("garbage collection took %s of the generator's processor time", portion(g.Collecting))
	case g.Stolen > muchStolen:
		return "processor time was taken away: " + g.processorUse()
	}
	return "no resource ran out over the whole run, so that something held the generator up for a while: " + g.processorUse()
}

func (g *Generator) processorUse() string {
	uses := []string{"the generator used " + portion(g.CPU)}
	if g.Measured {
		uses = append(uses, "other programs "+portion(max(0, 1-g.CPU-g.Stolen-g.Idle)), "the hypervisor "+portion(g.Stolen))
	}
	return fmt.Sprintf("of %s %s", plural(uint64(g.Processors), "processor", "processors"), strings.Join(uses, ", "))
}

func portion(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

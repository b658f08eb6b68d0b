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
	// Collecting is the garbage collector's share of the generator's own time.
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

// shortage says which resources of the generator ran out, or "" when nothing is
// known about them. Without processor time connections run out as well, and where
// both did nobody can tell which did first: then both are named.
func shortage(l *Load) string {
	g := l.Generator
	if g == nil {
		return ""
	}
	var short []string
	switch {
	case l.InFlightMax < g.InFlightBound:
	case g.DescriptorLimit > 0:
		short = append(short, fmt.Sprintf("file descriptors ran out: the limit of %d leaves room for %s (try: ulimit -n 20000)",
			g.DescriptorLimit, plural(uint64(g.InFlightBound), "connection", "connections")))
	default:
		short = append(short, fmt.Sprintf("connections ran out at the bound of %s under way (try: a higher --max-in-flight)",
			plural(uint64(g.InFlightBound), "request", "requests")))
	}
	switch {
	case g.Measured && g.Idle < idleLeft, !g.Measured && g.CPU > 1-idleLeft:
		short = append(short, "processor time ran out: "+g.processorUse())
	case g.Stolen > muchStolen:
		short = append(short, "processor time was taken away: "+g.processorUse())
	}
	if g.Collecting > muchCollected {
		short = append(short, fmt.Sprintf("garbage collection took %s of the generator's processor time", portion(g.Collecting)))
	}
	if len(short) == 0 {
		return "no resource ran out over the whole run, so that something held the generator up for a while: " + g.processorUse()
	}
	return strings.Join(short, "; ")
}

func (g *Generator) processorUse() string {
	uses := []string{"the generator used " + portion(g.CPU)}
	if g.Measured {
		uses = append(uses, "other programs "+portion(max(0, 1-g.CPU-g.Stolen-g.Idle)), "the hypervisor "+portion(g.Stolen))
	}
	return fmt.Sprintf("of %s %s", plural(uint64(g.Processors), "processor", "processors"), strings.Join(uses, ", "))
}

func portion(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

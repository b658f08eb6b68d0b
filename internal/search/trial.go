package search

import "math"

// Decision is what a Trial makes of a step.
type Decision uint8

const (
	// Undecided asks to go on.
	Undecided Decision = iota
	// Holds says that the target bears the rate, Fails that it does not.
	Holds
	Fails
)

// The measures of a Trial.
const (
	// clear and hopeless are how many standard errors from its limit a share must
	// be for a step to end before its time: one in a hundred and one in thirty
	// thousand would be that far off by chance.
	clear    = 2.33
	hopeless = 4.0
	// clustering is how much wider than independent ones the errors of requests
	// that queue behind each other are taken to be.
	clustering = 2.0
	// leastBacklog is a rise of the requests under way that is no accident.
	leastBacklog = 15.0
)

// Trial judges one step while it runs. Show it evidence every second or two and
// the number of requests under way as often as it is known. Make it with
// NewTrial.
type Trial struct {
	least, most float64
	lenient     bool
	limit       int
	looks       []look
	backlog     []flight
}

type look struct {
	at       float64
	evidence []Evidence
}

type flight struct {
	at   float64
	down float64
}

// NewTrial returns a trial that measures for least seconds, unless all is lost
// before, and most seconds at most. A lenient one is content with a first impression when nothing
// is wrong: good enough far below the knee. inFlight is the most requests that
// the driver keeps under way.
func NewTrial(least, most float64, lenient bool, inFlight int) *Trial {
	return &Trial{least: least, most: max(least, most), lenient: lenient, limit: inFlight}
}

// Flying notes how many requests are under way at a time in seconds since the
// measuring began; before that it is negative. It reports whether so many are
// that the target has plainly fallen behind.
func (t *Trial) Flying(at float64, n int) (behind bool) {
	if at >= 0 {
		t.backlog = append(t.backlog, flight{at, float64(n)})
	}
	return n >= t.limit
}

// Behind reports whether requests piled up while the step was measured: the mean
// number under way in its last quarter is above that of the first by more than
// chance and more than a quarter.
func (t *Trial) Behind() bool {
	if len(t.backlog) < 8 {
		return false
	}
	quarter := len(t.backlog) / 4
	first, last := mean(t.backlog[:quarter]), mean(t.backlog[len(t.backlog)-quarter:])
	return last-first > max(leastBacklog, 4*math.Sqrt(first), first/4)
}

func mean(list []flight) float64 {
	sum := 0.0
	for _, f := range list {
		sum += f.down
	}
	return sum / float64(len(list))
}

// Look takes in what the figures say at a time in seconds since the measuring
// began, and decides. The confidence, from 0 to 1, is that of the decision; the
// evidence is of one threshold each, always in the same order.
func (t *Trial) Look(at float64, evidence []Evidence) (Decision, float64) {
	t.looks = append(t.looks, look{at, evidence})
	worst := math.Inf(1)
	for i := range evidence {
		worst = min(worst, t.margin(i))
	}
	over, behind := at >= t.most, t.Behind()
	switch {
	case worst < -hopeless && len(t.looks) > 1:
		return Fails, confidence(worst)
	case at < t.least:
		return Undecided, 0
	case worst < -clear, over && worst < 0:
		return Fails, confidence(worst)
	case over && behind:
		return Fails, sure
	case behind:
		// What piled up after a stall may go away again.
		return Undecided, 0
	case worst > clear, over, t.lenient && worst > 0:
		return Holds, confidence(worst)
	}
	return Undecided, 0
}

// margin is by how many standard errors threshold i is met, negative when it is
// not: the lesser of all that was measured and of its later half, which a burst
// at the beginning does not hide.
func (t *Trial) margin(i int) float64 {
	now := t.looks[len(t.looks)-1]
	e := now.evidence[i]
	if !e.Share {
		return t.consistency(i)
	}
	z := e.margin()
	for k := len(t.looks) - 2; k >= 0; k-- {
		if t.looks[k].at > now.at/2 {
			continue
		}
		before := t.looks[k].evidence[i]
		late := e
		late.Hits, late.Of = e.Hits-before.Hits, e.Of-before.Of
		// Half of the time has half of the requests, and is one look more.
		if lz := late.margin(); before.Share && lz < -clear {
			z = min(z, lz)
		}
		break
	}
	return z
}

// consistency stands in for standard errors where a figure has none: it follows
// from how often the later looks agree with the last one, by the rule of
// succession.
func (t *Trial) consistency(i int) float64 {
	met := t.looks[len(t.looks)-1].evidence[i].Met
	agree, n := 0.0, 0.0
	for _, l := range t.looks[len(t.looks)/2:] {
		n++
		if l.evidence[i].Met == met {
			agree++
		}
	}
	z := math.Sqrt2 * math.Erfinv(2*(agree+1)/(n+2)-1)
	if !met {
		return min(-z, -1e-9)
	}
	return max(z, 1e-9)
}

// confidence is the probability of the normal distribution within z standard
// errors on one side.
func confidence(z float64) float64 {
	if math.IsInf(z, 0) {
		return 1
	}
	return min(0.5*(1+math.Erf(math.Abs(z)/math.Sqrt2)), 0.9999)
}

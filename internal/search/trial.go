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
	// Late says that the generator missed its own schedule for most of the step,
	// so that nothing is known of the target.
	Late
)

// The measures of a Trial.
const (
	// clear and hopeless are how many standard errors from its limit a share must
	// be for a step to end before its time: one in a hundred and one in thirty
	// thousand would be that far off by chance.
	clear    = 2.33
	hopeless = 4.0
	// clustering is how much wider than independent ones the errors of requests
	// that queue behind each other are taken to be, at least.
	clustering = 2.0
	// doubtful is the confidence in a failure that may be an accident.
	doubtful = 0.8
	// leastBacklog is a rise of the requests under way that is no accident.
	leastBacklog = 15.0
	// patience is how many times its length a step lasts at most when the
	// generator was late, and hopes that of the seconds so far one in so many must
	// count for a step to go on beyond its length.
	patience = 2.0
	hopes    = 6.0
)

// Trial judges one step while it runs. Show it evidence every second or two and
// the number of requests under way as often as it is known. What was seen while
// the generator was late counts neither for the target nor against it. Make it
// with NewTrial.
type Trial struct {
	least, most float64
	lenient     bool
	limit       int
	at          float64
	late        bool
	looks       []look
	spans       []span
	backlog     []flight
}

// look is what was known at a time, span what happened between two looks.
type look struct {
	at       float64
	evidence []Evidence
}

type span struct {
	seconds float64
	hits    []float64
	of      []float64
}

type flight struct {
	at   float64
	down float64
}

// NewTrial returns a trial that measures for least seconds, unless all is lost
// before, and most seconds at most, not counting those in which the generator
// was late. A lenient one is content with a first impression when nothing is
// wrong: good enough far below the knee. inFlight is the most requests that the
// driver keeps under way.
func NewTrial(least, most float64, lenient bool, inFlight int) *Trial {
	return &Trial{least: least, most: max(least, most), lenient: lenient, limit: inFlight}
}

// Longest is how many seconds a step may have to be measured for that lasts most
// seconds when the generator is never late.
func Longest(most float64) float64 { return patience * most }

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
// began, and decides. The evidence is of one threshold each, always in the same
// order; late says that the generator missed its schedule since the last look. The
// confidence, from 0 to 1, is that of the decision.
func (t *Trial) Look(at float64, late bool, evidence []Evidence) (Decision, float64) {
	t.take(at, late, evidence)
	counted := t.Counted()
	if t.spoilt(counted) {
		return Late, 1
	}
	worst, fading := math.Inf(1), false
	for i := range evidence {
		worst, fading = min(worst, t.margin(i)), fading || t.fading(i)
	}
	over, behind := counted >= t.most || at >= Longest(t.most), t.Behind()
	switch {
	case worst < -hopeless && len(t.spans) > 1:
		return Fails, confidence(worst)
	case counted < t.least && !over:
		return Undecided, 0
	case worst < -clear, over && worst < 0:
		return Fails, confidence(worst)
	case over && behind:
		return Fails, sure
	case over && fading:
		return Fails, doubtful
	case behind, fading:
		// What piled up after a stall may go away again.
		return Undecided, 0
	case worst > clear, over, t.lenient && worst > 0:
		return Holds, confidence(worst)
	}
	return Undecided, 0
}

// take adds a look. A time in which the generator was late does not count, and
// nor does the one after it: what it sent too late arrives in a heap, and what
// that does to the target is not over at once.
func (t *Trial) take(at float64, late bool, evidence []Evidence) {
	before, after := t.at, t.late
	t.at, t.late = max(at, before), late
	last := look{evidence: make([]Evidence, len(evidence))}
	if len(t.looks) > 0 {
		last = t.looks[len(t.looks)-1]
	}
	t.looks = append(t.looks, look{at, evidence})
	if late || after {
		for len(t.backlog) > 0 && t.backlog[len(t.backlog)-1].at >= before {
			t.backlog = t.backlog[:len(t.backlog)-1]
		}
		return
	}
	s := span{seconds: t.at - before, hits: make([]float64, len(evidence)), of: make([]float64, len(evidence))}
	for i := range evidence {
		s.hits[i] = evidence[i].Hits - last.evidence[i].Hits
		s.of[i] = evidence[i].Of - last.evidence[i].Of
	}
	t.spans = append(t.spans, s)
}

// Counted is how many seconds count: those in which the generator kept its
// schedule.
func (t *Trial) Counted() float64 {
	sum := 0.0
	for _, s := range t.spans {
		sum += s.seconds
	}
	return sum
}

// spoilt reports whether the generator was late for so much of the step that no
// more can be hoped for.
func (t *Trial) spoilt(counted float64) bool {
	return t.at >= t.most && counted < t.at/hopes || t.at >= Longest(t.most) && counted < min(t.least, t.most/3)
}

// Broken are the numbers of the thresholds that are not met, by all that counts
// or by the later half of it.
func (t *Trial) Broken() []int {
	var list []int
	if len(t.looks) == 0 {
		return nil
	}
	for i := range t.looks[len(t.looks)-1].evidence {
		if t.margin(i) < 0 || t.fading(i) {
			list = append(list, i)
		}
	}
	return list
}

func sum(spans []span, i int) (hits, of float64) {
	for _, s := range spans {
		hits += s.hits[i]
		of += s.of[i]
	}
	return hits, of
}

// margin is by how many standard errors threshold i is met, negative when it is
// not.
func (t *Trial) margin(i int) float64 {
	e := t.looks[len(t.looks)-1].evidence[i]
	if !e.Share {
		return t.consistency(i)
	}
	return errors(t.spans, i, e)
}

// fading reports whether threshold i is plainly not met in the later half of what
// counts, which a burst or a reserve at the beginning does not hide.
func (t *Trial) fading(i int) bool {
	e := t.looks[len(t.looks)-1].evidence[i]
	if !e.Share || len(t.spans) < 2 {
		return false
	}
	e.Hits, e.Of = sum(t.spans[(len(t.spans)+1)/2:], i)
	return e.margin() < -clear
}

// errors is by how many standard errors the share that e bounds keeps to its
// limit over some spans. The error is that of a number of independent requests,
// widened, or what the spans themselves show when they differ more than that.
func errors(spans []span, i int, e Evidence) float64 {
	e.Hits, e.Of = sum(spans, i)
	z := e.margin()
	n := float64(len(spans))
	if n < 2 || e.Of <= 0 {
		return z
	}
	share, squares := e.Hits/e.Of, 0.0
	for _, s := range spans {
		off := s.hits[i] - share*s.of[i]
		squares += off * off
	}
	// So few spans know their own variance badly: Student's factor, about.
	deviation := math.Sqrt(n/(n-1)*squares) / e.Of * (1 + 2.4/(n-1))
	if deviation == 0 {
		return z
	}
	byspans := (e.Limit - share) / deviation
	if !e.Below {
		byspans = -byspans
	}
	if math.Abs(byspans) < math.Abs(z) {
		return byspans
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

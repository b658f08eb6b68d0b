package compare

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// measure is a figure that can make a regression, and what its change has to be
// to count.
type measure struct {
	name string
	// lower reports that lower is better; otherwise higher is.
	lower bool
	// minChange is relative; minDifference is in the unit of what is tested.
	minChange, minDifference float64
	// traffic reports that the figure follows from what the devices already had
	// when the run began.
	traffic bool
	// anyLateness reports that the figure holds however late the generator was.
	anyLateness bool
	// alpha is the level of the test within single runs.
	alpha float64
}

// reading is a measure in one run: value is the figure, tested what is compared,
// which for something counted is its share of what it is counted of. A share has
// hits of trials; another figure a standard error and the smallest difference
// that its run can tell.
type reading struct {
	value, tested float64
	hits, trials  float64
	error, floor  float64
	// each holds the ratios by endpoint for the sign test.
	each map[string]float64
}

// The demands on a change. alphaMany is for the many figures by endpoint and
// profile, of which some would differ by chance; alphaOne for those of the whole
// run.
const (
	alphaOne  = 0.01
	alphaMany = 0.001
	// alphaSigns lets six endpoints suffice that all go the same way.
	alphaSigns = 0.04
	// minShare is a half percent of the requests.
	minShare = 0.005
	// Tails are judged on larger changes, because little lies in them.
	tailChange   = 0.25
	fringeChange = 0.5
)

// readings are the judged figures of one document, by name.
type readings struct {
	order    []string
	measures map[string]measure
	values   map[string]reading
}

func (r *readings) add(m measure, v reading) {
	if _, ok := r.measures[m.name]; !ok {
		r.order = append(r.order, m.name)
	}
	r.measures[m.name], r.values[m.name] = m, v
}

// share adds a part of a whole under the name of the figure that counts it.
func (r *readings) share(name string, hits, trials uint64, minDifference, minChange, alpha float64) {
	if trials == 0 {
		return
	}
	part := float64(hits) / float64(trials)
	value := float64(hits)
	if strings.HasSuffix(name, ".ratio") {
		value = part
	}
	r.add(measure{name: name, lower: true, minChange: minChange, minDifference: minDifference, traffic: true, alpha: alpha},
		reading{value: value, tested: part, hits: float64(hits), trials: float64(trials)})
}

// read takes the judged figures of doc. Statuses and kinds of errors are those of
// either side, so that what did not occur was counted: none.
func read(doc *result.Document, names vocabulary, y yardsticks, o Options) *readings {
	r := &readings{measures: map[string]measure{}, values: map[string]reading{}}
	r.overall(doc, y, o)
	whole := doc.Load
	r.share("throttling.ratio", doc.Throttling.Responses, whole.Completed, minShare, o.MinChange, alphaOne)
	r.share("throttling.devices", uint64(doc.Throttling.Devices), uint64(doc.Fleet.Devices), 0.02, max(o.MinChange, 0.2), alphaMany)
	r.share("throttling.retried_early", doc.Throttling.RetriedEarly, whole.Sent, minShare, max(o.MinChange, 0.2), alphaMany)
	r.share("load.errors", whole.Errors, whole.Sent, minShare, o.MinChange, alphaOne)
	r.share("compliance.failures", doc.Compliance.Failures, doc.Compliance.Evaluations, 0, o.MinChange, alphaOne)
	r.share("compliance.warnings", doc.Compliance.Warnings, doc.Compliance.Evaluations, 0, o.MinChange, alphaMany)
	r.tokenReuse("token_reuse", doc.TokenReuse, whole.Sent, o, alphaOne)
	for _, e := range doc.Endpoints {
		r.endpoint(e, doc, names, o)
	}
	for _, p := range doc.Profiles {
		answers := uint64(0)
		for _, e := range p.Endpoints {
			for _, n := range e.Status {
				answers += n
			}
		}
		r.share("profiles."+p.Name+".throttling.ratio", p.Throttling.Responses, answers, 0.02, max(o.MinChange, 0.2), alphaMany)
		r.tokenReuse("profiles."+p.Name+".token_reuse", p.TokenReuse, p.Requests, o, alphaMany)
	}
	return r
}

func (r *readings) tokenReuse(path string, k result.TokenReuse, requests uint64, o Options, alpha float64) {
	r.share(path+".re_registrations_unjustified", k.ReRegistrationsUnjustified, requests, minShare, o.MinChange, alpha)
	r.share(path+".redundant_token_requests", k.RedundantTokenRequests, requests, minShare, o.MinChange, alpha)
	r.share(path+".expired_token_uses", k.ExpiredTokenUses, requests, minShare, o.MinChange, alpha)
	if k.CallsPerToken != nil && k.TokensIssued+k.TokensRestored > 0 {
		tokens := float64(k.TokensIssued + k.TokensRestored)
		r.add(measure{name: path + ".calls_per_token", minChange: o.MinChange, traffic: true, alpha: alpha},
			reading{value: *k.CallsPerToken, tested: *k.CallsPerToken, error: *k.CallsPerToken / math.Sqrt(tokens)})
	}
}

func (r *readings) endpoint(e result.Endpoint, doc *result.Document, names vocabulary, o Options) {
	path := "endpoints." + e.Endpoint
	for _, s := range names.statuses[e.Endpoint] {
		if s >= "400" {
			r.share(path+".status."+s, e.Status[s], e.Requests, 2*minShare, o.MinChange, alphaMany)
		}
	}
	for _, kind := range names.errors[e.Endpoint] {
		r.share(path+".errors."+kind, e.Errors[kind], e.Requests, 2*minShare, o.MinChange, alphaMany)
	}
	r.latency(path+".wire_us", doc, distributionOf(e), o)
}

// vocabulary are the statuses and kinds of errors of each endpoint on both sides.
type vocabulary struct{ statuses, errors map[string][]string }

func vocabularyOf(runs []Run) vocabulary {
	v := vocabulary{map[string][]string{}, map[string][]string{}}
	for _, r := range runs {
		for _, e := range r.Doc.Endpoints {
			v.statuses[e.Endpoint] = union(v.statuses[e.Endpoint], slices.Sorted(maps.Keys(e.Status)))
			v.errors[e.Endpoint] = union(v.errors[e.Endpoint], slices.Sorted(maps.Keys(e.Errors)))
		}
	}
	return v
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

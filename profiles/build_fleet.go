package profiles

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/pace"
)

// Bounds of what a fleet may ask for.
const (
	// MaxDevices is the largest population.
	MaxDevices  = 100_000_000
	maxDuration = 7 * 24 * time.Hour
	maxNames    = 1000
	maxWeight   = 1_000_000
)

// defaultFleet is what every fleet starts from. The service provider is the one
// that the vendor's pages use in their samples.
func defaultFleet() Fleet {
	return Fleet{
		Devices:         100,
		Launch:          pace.Spec{Shape: pace.Constant, Rate: 20},
		Duration:        30 * time.Second,
		ServiceProvider: "REF30",
		MVPDs:           []string{"Cablevision", "Spectrum", "DTV", "Verizon"},
		Resources:       []string{"News", "Sports", "Movies", "Kids", "Music"},
		DomainName:      "tv.example.com",
		RedirectURL:     "https://tv.example.com/signed-in",
	}
}

// member is one entry of a fleet before its profile is looked up.
type member struct {
	place   *node
	profile string
	weight  float64
}

// fleetDraft is a fleet as its file has it.
type fleetDraft struct {
	Fleet
	network *Network
	members []member
}

func (d *decoder) fleet(n *node) fleetDraft {
	f := fleetDraft{Fleet: defaultFleet()}
	d.fields(n, "",
		key{"name", func(n *node, path string) { d.name(n, path, &f.Name) }},
		key{"title", func(n *node, path string) { d.words(n, path, &f.Title) }},
		key{"story", func(n *node, path string) { d.story(n, path, &f.Story) }},
		key{"devices", func(n *node, path string) { d.integer(n, path, 1, MaxDevices, &f.Devices) }},
		key{"duration", func(n *node, path string) { d.duration(n, path, time.Second, maxDuration, &f.Duration) }},
		key{"launch", func(n *node, path string) { d.launch(n, path, &f.Launch) }},
		key{"service_provider", func(n *node, path string) { d.words(n, path, &f.ServiceProvider) }},
		key{"mvpds", func(n *node, path string) { d.names(n, path, &f.MVPDs) }},
		key{"resources", func(n *node, path string) { d.names(n, path, &f.Resources) }},
		key{"domain_name", func(n *node, path string) { d.words(n, path, &f.DomainName) }},
		key{"redirect_url", func(n *node, path string) { d.url(n, path, &f.RedirectURL) }},
		key{"network", func(n *node, path string) {
			f.network = &Network{Kind: NetworkOwn, Devices: 1}
			d.network(n, path, f.network)
		}},
		key{"members", func(n *node, path string) { d.members(n, path, &f.members) }},
	)
	if n.kind != kindMap {
		return f
	}
	if n.get("title") == nil {
		d.report(n, "title", "is missing", "add a line for people, such as title: an evening at home")
	}
	if n.get("members") == nil {
		d.report(n, "members", "is missing", "add a list such as - {profile: roku, weight: 3}")
	}
	return f
}

func (d *decoder) members(n *node, path string, to *[]member) {
	seen := map[string]bool{}
	d.list(n, path, maxNames, func(n *node, path string) {
		m := member{place: n, weight: 1}
		d.fields(n, path,
			key{"profile", func(n *node, path string) {
				m.place = n
				d.name(n, path, &m.profile)
			}},
			key{"weight", func(n *node, path string) { d.number(n, path, 0, maxWeight, &m.weight) }},
		)
		if n.kind != kindMap {
			return
		}
		if n.get("profile") == nil {
			d.report(n, join(path, "profile"), "is missing", "name the member's profile")
			return
		}
		if m.profile != "" && seen[m.profile] {
			d.refuse(m.place, join(path, "profile"), "is a member already", "add the two weights up")
			return
		}
		seen[m.profile] = true
		*to = append(*to, m)
	})
}

// names reads a list of different words.
func (d *decoder) names(n *node, path string, to *[]string) {
	var out []string
	before := len(d.problems)
	d.list(n, path, maxNames, func(n *node, path string) {
		var s string
		d.words(n, path, &s)
		if s != "" && slices.Contains(out, s) {
			d.refuse(n, path, "is in the list already", "name it once")
		}
		out = append(out, s)
	})
	if len(d.problems) == before {
		*to = out
	}
}

func (d *decoder) url(n *node, path string, to *string) {
	var s string
	d.words(n, path, &s)
	if s == "" {
		return
	}
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	if !ok || rest == "" || strings.ContainsAny(rest, " \"<>\\") {
		d.refuse(n, path, "is not an absolute URL", "use one such as https://tv.example.com/signed-in")
		return
	}
	*to = s
}

// launch reads the shape of the launches: a map of package pace's fields, the
// form that a flag takes, or a bare rate.
func (d *decoder) launch(n *node, path string, to *pace.Spec) {
	if n.kind == kindText || n.kind == kindNumber {
		spec, err := pace.ParseSpec(n.text)
		if err != nil {
			d.refuse(n, path, "is no launch schedule", err.Error())
			return
		}
		*to = spec
		return
	}
	var s pace.Spec
	before := len(d.problems)
	rate := func(to *float64) func(*node, string) {
		return func(n *node, path string) { d.number(n, path, -1, maxWeight, to) }
	}
	length := func(to *time.Duration) func(*node, string) {
		return func(n *node, path string) { d.duration(n, path, 0, maxDuration, to) }
	}
	d.fields(n, path,
		key{"shape", func(n *node, path string) {
			shapes := []string{"constant", "ramp", "steps", "poisson", "spike"}
			if i, ok := d.choice(n, path, "a launch shape", shapes); ok {
				s.Shape = pace.Shape(shapes[i])
			}
		}},
		key{"rate", rate(&s.Rate)}, key{"from", rate(&s.From)}, key{"to", rate(&s.To)},
		key{"base", rate(&s.Base)}, key{"share", rate(&s.Share)},
		key{"over", length(&s.Over)}, key{"at", length(&s.At)},
		key{"width", length(&s.Width)}, key{"decay", length(&s.Decay)},
		key{"steps", func(n *node, path string) { d.launchSteps(n, path, &s.Steps) }},
	)
	if len(d.problems) > before {
		return
	}
	d.launchSpec(n, path, s)
	*to = s
}

func (d *decoder) launchSteps(n *node, path string, to *[]pace.Step) {
	d.list(n, path, maxNames, func(n *node, path string) {
		var s pace.Step
		d.fields(n, path,
			key{"rate", func(n *node, path string) { d.number(n, path, -1, maxWeight, &s.Rate) }},
			key{"duration", func(n *node, path string) { d.duration(n, path, time.Millisecond, maxDuration, &s.Duration) }},
		)
		*to = append(*to, s)
	})
}

// launchSpec reports what package pace says about a schedule. Its texts begin
// with the name of the field, which gives the place.
func (d *decoder) launchSpec(n *node, path string, s pace.Spec) {
	for _, err := range s.Validate() {
		field, text, _ := strings.Cut(err.Error(), " ")
		name, _, _ := strings.Cut(field, "[")
		at := n.get(name)
		if at == nil {
			at = n
		}
		reason, want, _ := strings.Cut(text, ": ")
		d.report(at, fmt.Sprintf("%s.%s", path, field), reason, want)
	}
}

package result

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/nearest"
)

// checkPath refuses a threshold on a figure that no result of the profiles, judged
// by the rules, has.
func checkPath(t Threshold, profiles, rules []string) error {
	doc := prototype(profiles, api.OpNames())
	for i := range doc.Profiles {
		for _, id := range rules {
			doc.Profiles[i].Obligations = append(doc.Profiles[i].Obligations, Obligation{Rule: id})
		}
	}
	known := Figures(doc)
	if _, ok := known[t.Path]; ok || isOpenCount(t.Path, known) {
		return nil
	}
	return fmt.Errorf("threshold %q: no figure is called %q%s", t.Expr, t.Path, suggest(t.Path, known))
}

// prototype is a document with every figure that can occur, but for statuses and
// kinds of errors, of which it has a placeholder each.
func prototype(profiles, endpoints []string) *Document {
	one := 1.0
	traffic := func() []Endpoint {
		var all []Endpoint
		for _, name := range endpoints {
			all = append(all, Endpoint{Endpoint: name, Status: map[string]uint64{"200": 1, "429": 1}, Errors: map[string]uint64{"timeout": 1}})
		}
		return all
	}
	doc := &Document{Endpoints: traffic()}
	doc.Throttling.FirstAtS, doc.TokenReuse.CallsPerToken = &one, &one
	for _, name := range profiles {
		doc.Profiles = append(doc.Profiles, Profile{
			Name: name, Endpoints: traffic(), Throttling: doc.Throttling, TokenReuse: doc.TokenReuse,
		})
	}
	return doc
}

// isCount reports whether the path names something that is counted, so that its
// absence from a valid document means none.
func isCount(path string) bool {
	switch lastName(path) {
	case "requests", "bytes_sent", "bytes_received":
		return true
	}
	_, _, ok := cutCount(path)
	return ok
}

// cutCount splits a path that ends in a status or a kind of error.
func cutCount(path string) (parent, key string, ok bool) {
	key = lastName(path)
	parent = strings.TrimSuffix(path, "."+key)
	switch lastName(parent) {
	case "status":
		ok = len(key) == 3 && strings.Trim(key, "0123456789") == "" && key[0] != '0'
	case "errors":
		for kind := api.ErrNone + 1; kind < api.NumErrKinds; kind++ {
			ok = ok || kind.String() == key
		}
	}
	return parent, key, ok
}

// isOpenCount reports whether the path is that of a status or kind of error of an
// endpoint that exists.
func isOpenCount(path string, known map[string]float64) bool {
	parent, _, ok := cutCount(path)
	if !ok {
		return false
	}
	sibling := ".429"
	if lastName(parent) == "errors" {
		sibling = ".timeout"
	}
	_, exists := known[parent+sibling]
	return exists
}

// Figures lists every number of doc by its path, as thresholds name them: the
// names of result.json joined by dots, endpoints and profiles by their names. A
// first time that never came is infinite; figures of what was not measured are
// left out.
func Figures(doc *Document) map[string]float64 {
	figures := map[string]float64{}
	collect(figures, "", reflect.ValueOf(doc).Elem())
	return figures
}

// described are the parts of a document that describe the run, and the lists
// that do not go by names.
var described = []string{
	"schema", "kind", "tool", "target", "fleet", "seed", "started", "ended", "interrupted", "verdict",
	"thresholds", "notes", "checks", "findings", "timeline", "search",
}

func collect(figures map[string]float64, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		collectStruct(figures, path, v)
	case reflect.Slice:
		for i := range v.Len() {
			switch e := v.Index(i).Addr().Interface().(type) {
			case *Endpoint:
				collect(figures, path+"."+e.Endpoint, v.Index(i))
			case *Profile:
				collect(figures, path+"."+e.Name, v.Index(i))
			case *AuditRule:
				collect(figures, path+"."+e.ID, v.Index(i))
			case *Obligation:
				collect(figures, path+"."+e.Rule, v.Index(i))
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			collect(figures, path+"."+key.String(), v.MapIndex(key))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			collect(figures, path, v.Elem())
		} else if lastName(path) == "first_at_s" {
			figures[path] = math.Inf(1)
		}
	case reflect.Int, reflect.Int64:
		figures[path] = float64(v.Int())
	case reflect.Uint64:
		figures[path] = float64(v.Uint())
	case reflect.Float64:
		figures[path] = v.Float()
	}
}

func collectStruct(figures map[string]float64, path string, v reflect.Value) {
	unmeasured := false
	if e, ok := v.Interface().(Endpoint); ok {
		unmeasured = len(e.Status) == 0
	}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if slices.Contains(described, name) || unmeasured && (name == "latency_us" || name == "wire_us") {
			continue
		}
		at := name
		if path != "" {
			at = path + "." + name
		}
		collect(figures, at, v.Field(i))
	}
}

// suggest names the nearest figure, when one is near enough to be meant.
func suggest(path string, known map[string]float64) string {
	names := slices.Sorted(maps.Keys(known))
	if best := nearest.Within(path, names, len(path)/2); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	return `; figures go by the names of result.json, such as "throttling.ratio"`
}

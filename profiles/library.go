package profiles

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// DefaultFleet is the fleet that runs when nobody names one.
const DefaultFleet = "living-room"

//go:embed devices/*.yaml fleets/*.yaml
var shipped embed.FS

// Library holds profiles and fleets by name. The zero value is empty and ready
// to use. It is not safe for concurrent use; what it hands out is shared and
// must not be changed.
type Library struct {
	profiles map[string]*Profile
	fleets   map[string]*Fleet
}

// Builtin returns a new library with what ships with the project.
func Builtin() *Library {
	lib := &Library{}
	for _, dir := range []string{"devices", "fleets"} {
		files, err := shipped.ReadDir(dir)
		if err != nil {
			panic(err)
		}
		all := &File{Name: dir}
		for _, f := range files {
			name := dir + "/" + f.Name()
			src, err := shipped.ReadFile(name)
			if err != nil {
				panic(err)
			}
			file, err := Parse(name, src)
			if err != nil {
				panic("shipped profile file is broken: " + err.Error())
			}
			all.profiles = append(all.profiles, file.profiles...)
			all.fleets = append(all.fleets, file.fleets...)
		}
		if err := lib.Add(all); err != nil {
			panic("shipped profile file is broken: " + err.Error())
		}
	}
	return lib
}

// Add takes in a file: it lays its profiles over those they extend, in the file
// or in the library, and looks up the members of its fleets. Names must be new.
// The error is a Problems; the library is then unchanged.
func (l *Library) Add(f *File) error {
	a := adder{d: decoder{file: f.Name}, lib: l, file: f,
		profiles: map[string]*Profile{}, visiting: map[string]bool{}}
	fleets := map[string]*Fleet{}
	for _, e := range f.profiles {
		if l.profiles[e.name] != nil {
			a.d.refuse(e.node.find("name"), "name", "is the name of a profile that exists already",
				"choose another name; extends: "+e.name+" takes it as a base")
			continue
		}
		a.profile(e.name)
	}
	for _, e := range f.fleets {
		if l.fleets[e.name] != nil {
			a.d.refuse(e.node.find("name"), "name", "is the name of a fleet that exists already", "choose another name")
			continue
		}
		fleets[e.name] = a.fleet(e)
	}
	if err := a.d.problems.orNil(); err != nil {
		return err
	}
	if l.profiles == nil {
		l.profiles, l.fleets = map[string]*Profile{}, map[string]*Fleet{}
	}
	maps.Copy(l.profiles, a.profiles)
	maps.Copy(l.fleets, fleets)
	return nil
}

// adder is the state of one Add.
type adder struct {
	d        decoder
	lib      *Library
	file     *File
	profiles map[string]*Profile
	visiting map[string]bool
}

// profile builds the file's profile of that name, or finds it in the library;
// nil when there is none, or none without a problem.
func (a *adder) profile(name string) *Profile {
	if p, ok := a.profiles[name]; ok {
		return p
	}
	i := slices.IndexFunc(a.file.profiles, func(e entry) bool { return e.name == name })
	if i < 0 {
		return a.lib.profiles[name]
	}
	n := a.file.profiles[i].node
	p := defaultProfile()
	a.visiting[name] = true
	defer delete(a.visiting, name)
	if extends := n.get("extends"); extends != nil {
		base := a.base(extends)
		if base == nil {
			a.profiles[name] = nil
			return nil
		}
		p = *base
	}
	a.d.profile(n, &p)
	a.d.finish(n, &p)
	a.profiles[name] = &p
	return &p
}

// base looks up what a profile extends.
func (a *adder) base(n *node) *Profile {
	if a.visiting[n.text] {
		a.d.refuse(n, "extends", "leads back to this profile", "extend a profile that stands on its own")
		return nil
	}
	if p := a.profile(n.text); p != nil {
		return p
	}
	if !a.failed(n.text) {
		known := a.known()
		a.d.refuse(n, "extends", "is not a profile", "use one of "+strings.Join(known, ", ")+didYouMean(n.text, known))
	}
	return nil
}

// failed reports whether the profile is in the file and had a problem, which
// has then been reported already.
func (a *adder) failed(name string) bool {
	p, ok := a.profiles[name]
	return ok && p == nil
}

// known lists every profile that the file can name.
func (a *adder) known() []string {
	all := append(a.lib.ProfileNames(), a.file.ProfileNames()...)
	slices.Sort(all)
	return slices.Compact(all)
}

func (a *adder) fleet(e entry) *Fleet {
	draft := a.d.fleet(e.node)
	for i, m := range draft.members {
		p := a.profile(m.profile)
		if p == nil {
			if !a.failed(m.profile) {
				known := a.known()
				a.d.refuse(m.place, fmt.Sprintf("members[%d].profile", i), "is not a profile",
					"use one of "+strings.Join(known, ", ")+didYouMean(m.profile, known))
			}
			continue
		}
		if draft.network != nil {
			moved := *p
			moved.Network = *draft.network
			p = &moved
		}
		draft.Members = append(draft.Members, Member{Profile: p, Weight: m.weight})
	}
	return &draft.Fleet
}

// UnknownError is a name that a library does not have.
type UnknownError struct {
	// Kind is "profile" or "fleet"; Name is what was asked for.
	Kind, Name string
	// Known lists the names that there are.
	Known []string
}

var _ error = (*UnknownError)(nil)

// Error names the known ones, and the nearest if one is near.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("%s is not a known %s; known are %s%s",
		quote(e.Name), e.Kind, strings.Join(e.Known, ", "), didYouMean(e.Name, e.Known))
}

// Profile returns the profile called name. The error is an *UnknownError.
func (l *Library) Profile(name string) (*Profile, error) {
	if p := l.profiles[name]; p != nil {
		return p, nil
	}
	return nil, &UnknownError{Kind: "profile", Name: name, Known: l.ProfileNames()}
}

// Fleet returns the fleet called name. The error is an *UnknownError.
func (l *Library) Fleet(name string) (*Fleet, error) {
	if f := l.fleets[name]; f != nil {
		return f, nil
	}
	return nil, &UnknownError{Kind: "fleet", Name: name, Known: l.FleetNames()}
}

// ProfileNames returns the names of all profiles, sorted.
func (l *Library) ProfileNames() []string { return slices.Sorted(maps.Keys(l.profiles)) }

// FleetNames returns the names of all fleets, sorted.
func (l *Library) FleetNames() []string { return slices.Sorted(maps.Keys(l.fleets)) }

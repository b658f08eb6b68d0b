package profiles

import "fmt"

// maxEntries bounds the profiles or fleets of one file.
const maxEntries = 1000

// File is a parsed file: profiles and fleets that are right by themselves, and
// not yet looked up in a Library.
type File struct {
	// Name is the name that was given to Parse.
	Name string

	profiles []entry
	fleets   []entry
}

// entry is one profile or fleet of a file.
type entry struct {
	name string
	node *node
}

// Parse reads a file with the keys profiles, fleet and fleets. The name only
// serves in messages. The error is a Problems with everything that is wrong by
// itself; names of profiles are looked up by Library.Add. Parse does not panic,
// whatever src holds.
func Parse(name string, src []byte) (*File, error) {
	d := &decoder{file: name}
	root := parseTree(d, src)
	if root == nil || len(d.problems) > 0 {
		return nil, d.problems.orNil()
	}
	f := &File{Name: name}
	d.fields(root, "",
		key{"profiles", func(n *node, path string) { d.list(n, path, maxEntries, f.addProfile(d)) }},
		key{"fleet", func(n *node, path string) { f.addFleet(d)(n, path) }},
		key{"fleets", func(n *node, path string) { d.list(n, path, maxEntries, f.addFleet(d)) }},
	)
	if len(d.problems) == 0 && len(f.profiles)+len(f.fleets) == 0 {
		d.report(root, "", "the file holds nothing", "give it profiles, a fleet or fleets")
	}
	d.unique("profile", f.profiles)
	d.unique("fleet", f.fleets)
	if err := d.problems.orNil(); err != nil {
		return nil, err
	}
	return f, nil
}

// ProfileNames returns the names of the file's profiles, in its order.
func (f *File) ProfileNames() []string { return names(f.profiles) }

// FleetNames returns the names of the file's fleets, in its order.
func (f *File) FleetNames() []string { return names(f.fleets) }

func names(entries []entry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.name
	}
	return out
}

func (f *File) addProfile(d *decoder) func(n *node, path string) {
	return func(n *node, path string) {
		if !d.is(n, path, kindMap, "write a profile with a name") {
			return
		}
		p := defaultProfile()
		d.profile(n, &p)
		if n.get("name") == nil {
			d.report(n, join(path, "name"), "is missing", "give the profile a name")
		}
		f.profiles = append(f.profiles, entry{p.Name, n})
	}
}

func (f *File) addFleet(d *decoder) func(n *node, path string) {
	return func(n *node, path string) {
		if !d.is(n, path, kindMap, "write a fleet with a name") {
			return
		}
		draft := d.fleet(n)
		if n.get("name") == nil {
			d.report(n, join(path, "name"), "is missing", "give the fleet a name")
		}
		f.fleets = append(f.fleets, entry{draft.Name, n})
	}
}

// unique reports names that a file gives twice.
func (d *decoder) unique(what string, entries []entry) {
	first := map[string]*node{}
	for _, e := range entries {
		if e.name == "" {
			continue
		}
		if before := first[e.name]; before != nil {
			d.refuse(e.node.find("name"), "name", fmt.Sprintf("is the name of another %s, in line %d", what, before.line),
				"choose another name")
			continue
		}
		first[e.name] = e.node
	}
}

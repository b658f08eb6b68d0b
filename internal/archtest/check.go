package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Package is what the rules need to know of a package of this module.
type Package struct {
	// ImportPath is the full import path.
	ImportPath string
	// Imports are the direct imports of the files that are not tests.
	Imports []string
	// Deps are all packages that it links.
	Deps []string
	// Files are the parsed files that are not tests; only pure rooms need them.
	Files []*ast.File
	// Fset gives the positions in Files.
	Fset *token.FileSet
}

// Check returns one line for each place at which pkgs break the plan.
func Check(pkgs []Package) []string {
	var broken []string
	for i := range pkgs {
		p := &pkgs[i]
		name := relative(p.ImportPath)
		r, ok := room(name)
		if !ok {
			broken = append(broken, fmt.Sprintf("%s: is in no ring; say where it belongs, in internal/archtest/rules.go", name))
			continue
		}
		broken = append(broken, checkImports(name, r, p)...)
		broken = append(broken, checkDeps(name, p)...)
		if r.Pure() {
			broken = append(broken, checkPure(name, r, p)...)
		}
	}
	slices.Sort(broken)
	return slices.Compact(broken)
}

// relative returns an import path without the module's, or the path itself.
func relative(importPath string) string {
	if importPath == Module {
		return "."
	}
	return strings.TrimPrefix(importPath, Module+"/")
}

// ours reports whether the package belongs to this module.
func ours(importPath string) bool {
	return within(importPath, Module)
}

func checkImports(name string, r Room, p *Package) (broken []string) {
	for _, imp := range p.Imports {
		if ours(imp) {
			other, ok := room(relative(imp))
			if ok && other.Ring > r.Ring {
				broken = append(broken, fmt.Sprintf("%s (ring %d) imports %s (ring %d): imports point inwards only",
					name, r.Ring, relative(imp), other.Ring))
			}
		}
		for _, rule := range Restricted {
			if within(imp, rule.Import) && !withinAny(name, rule.Rooms) {
				broken = append(broken, fmt.Sprintf("%s imports %s: only %s may; %s",
					name, imp, strings.Join(rule.Rooms, ", "), rule.Why))
			}
		}
	}
	return broken
}

func checkDeps(name string, p *Package) (broken []string) {
	for _, dep := range p.Deps {
		for _, s := range NeverMeet {
			if ours(dep) && (stranger(name, relative(dep), s.A, s.B) || stranger(name, relative(dep), s.B, s.A)) {
				broken = append(broken, fmt.Sprintf("%s reaches %s: these never meet; %s", name, relative(dep), s.Why))
			}
		}
		for _, u := range Unlinked {
			if within(name, u.Path) && within(dep, u.Import) {
				broken = append(broken, fmt.Sprintf("%s links %s: %s", name, u.Import, u.Why))
			}
		}
	}
	return broken
}

// stranger reports whether name lies in a room of from and dep in a different
// room of to. The edges inside a driver's folder wire it and are no drivers.
func stranger(name, dep string, from, to []string) bool {
	a, _ := room(name)
	b, _ := room(dep)
	return a.Path != b.Path && slices.Contains(from, a.Path) && slices.Contains(to, b.Path)
}

func checkPure(name string, r Room, p *Package) (broken []string) {
	for _, imp := range p.Imports {
		if withinAny(imp, impure) && !slices.Contains(harmless, imp) {
			broken = append(broken, fmt.Sprintf("%s (ring %d, pure) imports %s: pure rooms compute; clock, network, files, locks and logs are the drivers'",
				name, r.Ring, imp))
		}
	}
	for _, f := range p.Files {
		names := watched(f)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				broken = append(broken, fmt.Sprintf("%s (ring %d, pure) starts a goroutine at %s: goroutines begin in ring 2, where someone waits for them",
					name, r.Ring, p.at(n)))
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && names[x.Name] != "" {
					if bad, why := worldly(names[x.Name], n.Sel.Name); bad {
						broken = append(broken, fmt.Sprintf("%s (ring %d, pure) uses %s.%s at %s: %s",
							name, r.Ring, names[x.Name], n.Sel.Name, p.at(n), why))
					}
				}
			case *ast.ImportSpec:
				if target, _ := strconv.Unquote(n.Path.Value); n.Name != nil && n.Name.Name == "." && isWatched(target) {
					broken = append(broken, fmt.Sprintf("%s (ring %d, pure) imports %s with a dot at %s: its functions could not be told apart",
						name, r.Ring, target, p.at(n)))
				}
			}
			return true
		})
	}
	return broken
}

// watched returns, by their names in f, the imports whose functions are judged.
func watched(f *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range f.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil || !isWatched(target) {
			continue
		}
		name := path.Base(strings.TrimSuffix(target, "/v2"))
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = target
	}
	return names
}

func isWatched(target string) bool {
	return target == "time" || target == "math/rand" || target == "math/rand/v2" || target == "sync"
}

// at returns the file and line of n.
func (p *Package) at(n ast.Node) string {
	pos := p.Fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", path.Base(pos.Filename), pos.Line)
}

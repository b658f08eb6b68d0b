package archtest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheHouseIsAsPlanned(t *testing.T) {
	for _, line := range Check(load(t)) {
		t.Error(line)
	}
}

// load lists the packages of the module with their dependencies, and parses the
// files of pure rooms.
func load(t *testing.T) []Package {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []Package
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Package
			Dir     string
			GoFiles []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		p.Fset = token.NewFileSet()
		if r, ok := room(relative(p.ImportPath)); ok && r.Pure() {
			for _, name := range p.GoFiles {
				f, err := parser.ParseFile(p.Fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
				if err != nil {
					t.Fatal(err)
				}
				p.Files = append(p.Files, f)
			}
		}
		pkgs = append(pkgs, p.Package)
	}
	if len(pkgs) == 0 {
		t.Fatal("go list found no package")
	}
	return pkgs
}

func TestEachRuleTurnsRed(t *testing.T) {
	tests := []struct {
		name    string
		pkg     string
		imports string // of the package, separated by blanks; ./ stands for the module
		deps    string
		source  string
		want    string // in the only complaint; none when empty
	}{
		{name: "a room in no ring", pkg: "internal/misc", want: "say where it belongs"},
		{name: "a folder that only begins like a room", pkg: "internal/apiary", want: "say where it belongs"},
		{name: "a package below a room belongs to it", pkg: "reports/html", imports: "./internal/result"},
		{name: "an import outwards", pkg: "internal/api", imports: "./internal/device", want: "imports point inwards only"},
		{name: "an import from an adapter to an edge", pkg: "internal/run", imports: "./reports", want: "imports point inwards only"},
		{name: "an import inwards", pkg: "internal/run", imports: "./internal/device ./internal/wire"},

		{name: "run and plan", pkg: "internal/run", deps: "./internal/plan", want: "never meet"},
		{name: "plan and run", pkg: "internal/plan", deps: "./internal/run", want: "never meet"},
		{name: "the k6 driver and run", pkg: "xk6-adobepass", deps: "./internal/run", want: "never meet"},
		{name: "a program that has two drivers", pkg: "cmd/dcrbench", deps: "./internal/run ./internal/plan"},
		{name: "the k6 program and its driver", pkg: "xk6-adobepass/k6", deps: "./xk6-adobepass go.k6.io/k6/cmd"},
		{name: "device and backend", pkg: "internal/device", deps: "./internal/backend", want: "never meet"},
		{name: "backend and device", pkg: "internal/backend", deps: "./internal/device", want: "never meet"},
		{name: "reports and a driver", pkg: "reports", deps: "./internal/run", want: "never meet"},

		{name: "net/http in a driver", pkg: "internal/run", imports: "net/http", want: "HTTP stays in the adapters"},
		{name: "net/http/httptrace in a driver", pkg: "internal/run", imports: "net/http/httptrace", want: "HTTP stays in the adapters"},
		{name: "net/http in the adapter", pkg: "internal/wire", imports: "net/http"},
		{name: "net/http at the edge", pkg: "cmd/dcrbench", imports: "net/http"},
		{name: "k6 in a driver of ours", pkg: "internal/run", imports: "go.k6.io/k6/js/modules", want: "k6 is one of three drivers"},
		{name: "k6 linked by the program", pkg: "cmd/dcrbench", deps: "fmt go.k6.io/k6/lib", want: "must not carry k6"},

		{name: "net in a pure room", pkg: "internal/api", imports: "net", want: "pure rooms compute"},
		{name: "net/url in a pure room", pkg: "internal/api", imports: "net/url net/netip"},
		{name: "os in a pure room", pkg: "profiles", imports: "os", want: "pure rooms compute"},
		{name: "os/exec in a pure room", pkg: "profiles", imports: "os/exec", want: "pure rooms compute"},
		{name: "context in a pure room", pkg: "internal/device", imports: "context", want: "pure rooms compute"},
		{name: "sync/atomic in a pure room", pkg: "internal/tally", imports: "sync/atomic", want: "pure rooms compute"},
		{name: "log/slog in a pure room", pkg: "internal/backend", imports: "log/slog", want: "pure rooms compute"},
		{name: "os in an adapter", pkg: "internal/vault", imports: "os sync context"},

		{name: "the clock", pkg: "internal/device", source: `import "time"; var _ = time.Now()`, want: "reads no clock"},
		{name: "the clock, not called", pkg: "internal/device", source: `import "time"; var now = time.Now`, want: "reads no clock"},
		{name: "the clock under another name", pkg: "internal/device", source: `import t "time"; var _ = t.Since(t.Time{})`, want: "reads no clock"},
		{name: "sleeping", pkg: "internal/device", source: `import "time"; func f() { time.Sleep(1) }`, want: "waiting is the driver's"},
		{name: "waiting on a channel", pkg: "internal/device", source: `import "time"; var _ = time.After(1)`, want: "waiting is the driver's"},
		{name: "times as values", pkg: "internal/device", source: `import "time"; var _ = time.Unix(0, 0).Add(time.Second)`},
		{name: "a field called Now", pkg: "internal/device", source: `import "time"; var _ time.Time; var _ = struct{ Now int }{}.Now`},
		{name: "the clock with a dot", pkg: "internal/device", source: `import . "time"; var _ = Now()`, want: "with a dot"},
		{name: "the global source", pkg: "internal/pace", source: `import "math/rand/v2"; var _ = rand.IntN(3)`, want: "randomness is an argument"},
		{name: "the old global source", pkg: "internal/pace", source: `import "math/rand"; var _ = rand.Int()`, want: "randomness is an argument"},
		{name: "a seeded source", pkg: "internal/pace", source: `import "math/rand/v2"; var _ = rand.New(rand.NewPCG(1, 2)).IntN(3)`},
		{name: "a lock", pkg: "internal/tally", source: `import "sync"; var mu sync.Mutex`, want: "locks are the drivers'"},
		{name: "a constant made late", pkg: "internal/spec", source: `import "sync"; var one = sync.OnceValue(func() int { return 1 })`},
		{name: "a goroutine", pkg: "internal/check", source: `func f() { go f() }`, want: "goroutines begin in ring 2"},
		{name: "a goroutine in an adapter", pkg: "internal/run", source: `func f() { go f() }`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Package{
				ImportPath: Module + "/" + test.pkg, Fset: token.NewFileSet(),
				Imports: expand(test.imports), Deps: expand(test.deps),
			}
			f, err := parser.ParseFile(p.Fset, "file.go", "package p\n"+test.source, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			p.Files = []*ast.File{f}
			got := Check([]Package{p})
			switch {
			case test.want == "" && len(got) > 0:
				t.Errorf("got %q, want no complaint", got)
			case test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)):
				t.Errorf("got %q, want one complaint that says %q", got, test.want)
			}
		})
	}
}

func expand(list string) []string {
	fields := strings.Fields(list)
	for i, f := range fields {
		if rest, ok := strings.CutPrefix(f, "./"); ok {
			fields[i] = Module + "/" + rest
		}
	}
	return fields
}

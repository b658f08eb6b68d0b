package reports_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestJUnitFitsItsSchema holds every golden JUnit file to the schema with an
// independent reader.
func TestJUnitFitsItsSchema(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed; try: apt-get install libxml2-utils")
	}
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, f := range files {
		if out, err := exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--schema", "testdata/junit.xsd", f).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", f, err, out)
		}
	}
	// The schema can refuse.
	bad := filepath.Join(t.TempDir(), "bad.xml")
	if err := os.WriteFile(bad, []byte(`<testsuites><testsuite name="a" tests="-1" failures="0" errors="0"/></testsuites>`), 0o644); err != nil {
		t.Fatal(err)
	}
	if exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--schema", "testdata/junit.xsd", bad).Run() == nil {
		t.Error("a negative count fits")
	}
}

package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// left lists the files of a folder.
func left(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Every command that makes a result leaves the same reports beside it, whole, and
// says where the page is.
func TestEveryCommandLeavesItsReports(t *testing.T) {
	t.Parallel()
	recording := filepath.Join(t.TempDir(), "session.har")
	entries, _ := taping(t, "apple-tv")
	writeHAR(t, recording, entries, "test", func(int) bool { return true })
	for _, tt := range []struct {
		args []string
		also []string
	}{
		{[]string{"run", "well-behaved", "--devices", "5", "--duration", "1s", "--max-lateness", unhurried}, []string{"timeline.csv"}},
		{[]string{"plan", "--devices", "50", "--horizon", "10m"}, []string{"timeline.csv"}},
		{[]string{"check", "--group", "reg"}, []string{"evidence.har", "evidence.ndjson", "report.txt"}},
		{[]string{"audit", recording}, nil},
	} {
		t.Run(tt.args[0], func(t *testing.T) {
			t.Parallel()
			o := dcrbench(t, append(tt.args, "--out", "out")...)
			want := append([]string{"SHA256SUMS", "index.html", "junit.xml", "report.md", "result.json"}, tt.also...)
			slices.Sort(want)
			if got := left(t, filepath.Join(o.folder, "out")); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v; stderr: %s", got, want, o.stderr)
			}
			if page := filepath.Join("out", "index.html"); !strings.Contains(o.stderr, page) {
				t.Errorf("%s is not in %q", page, o.stderr)
			}
			wholeReports(t, filepath.Join(o.folder, "out"))
		})
	}
}

// wholeReports fails for a page or an XML file that ends too early.
func wholeReports(t *testing.T, folder string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(folder, "index.html"))
	if err != nil || !strings.HasSuffix(string(page), "</html>\n") {
		t.Errorf("index.html: %v, %d bytes", err, len(page))
	}
	f, err := os.Open(filepath.Join(folder, "junit.xml"))
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	d := xml.NewDecoder(f)
	for err == nil {
		_, err = d.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("junit.xml: %v", err)
	}
}

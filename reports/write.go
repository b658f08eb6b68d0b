package reports

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// formats are the renderers by the name of their format.
var formats = []struct {
	name  string
	write func(io.Writer, *result.Document, Options) error
}{
	{"text", writeText},
	{"json", func(w io.Writer, doc *result.Document, _ Options) error { return JSON(w, doc) }},
	{"markdown", func(w io.Writer, doc *result.Document, _ Options) error { return Markdown(w, doc) }},
	{"junit", func(w io.Writer, doc *result.Document, _ Options) error { return JUnit(w, doc) }},
	{"csv", func(w io.Writer, doc *result.Document, _ Options) error { return CSV(w, doc) }},
	{"html", func(w io.Writer, doc *result.Document, _ Options) error { return HTML(w, doc) }},
}

// Formats are the names that Write knows.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Write renders doc in one of the Formats; the options count for text only. An
// unknown format is an error that names the known ones.
func Write(w io.Writer, doc *result.Document, format string, o Options) error {
	for _, f := range formats {
		if f.name == format {
			return f.write(w, doc, o)
		}
	}
	return fmt.Errorf("format %q: want one of %s", format, strings.Join(Formats(), ", "))
}

// writeText is the text of every kind of document.
func writeText(w io.Writer, doc *result.Document, o Options) error {
	if err := Text(w, doc, o); err != nil {
		return err
	}
	return Plan(w, doc, o)
}

// files are what WriteAll leaves in a folder, and for which kinds. A check
// writes its JUnit file itself, because only it knows the expectations.
var files = []struct {
	name, format string
	not          []string
}{
	{"index.html", "html", nil},
	{"report.md", "markdown", nil},
	{"junit.xml", "junit", []string{result.KindCheck}},
	{"timeline.csv", "csv", []string{result.KindCheck, result.KindAudit}},
}

// WriteAll writes the reports for people and other programs into the folder,
// beside result.json: index.html, report.md, junit.xml and timeline.csv. Each
// file is written whole or not at all. The error is the file system's.
func WriteAll(dir string, doc *result.Document) error {
	for _, f := range files {
		if slices.Contains(f.not, doc.Kind) {
			continue
		}
		var b bytes.Buffer
		if err := Write(&b, doc, f.format, Options{}); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if err := replaceFile(filepath.Join(dir, f.name), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile writes beside the file and renames.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if e := f.Chmod(0o644); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

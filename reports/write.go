package reports

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
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

// File is one report beside result.json.
type File struct {
	// Name is what it is called in its folder.
	Name string
	// Write renders it. The error is the writer's.
	Write func(io.Writer, *result.Document) error
}

// Page is the name of the page among the Files, the first of them.
const Page = "index.html"

// files are the reports, and the kinds of documents that have none of the kind.
var files = []struct {
	name, format string
	not          []string
}{
	{Page, "html", nil},
	{"report.md", "markdown", nil},
	{"junit.xml", "junit", nil},
	{"timeline.csv", "csv", []string{result.KindCheck, result.KindAudit}},
}

// Files are the reports that a document of this kind has beside result.json: a
// page, a summary for jobs, JUnit XML, and where there is a timeline its table.
func Files(kind string) []File {
	var list []File
	for _, f := range files {
		if !slices.Contains(f.not, kind) {
			list = append(list, File{f.name, func(w io.Writer, doc *result.Document) error { return Write(w, doc, f.format, Options{}) }})
		}
	}
	return list
}

// Sums is the name of the manifest: the SHA-256 of every file of a result, in the
// form that sha256sum -c reads.
const Sums = "SHA256SUMS"

// WriteAll leaves result.json and the Files of the document in the folder, and the
// Sums of them and of what else of the result is there already. All are rendered
// before the first is written, and each is written whole or not at all. The error
// is the file system's.
func WriteAll(dir string, doc *result.Document, others ...string) error {
	all := append([]File{{"result.json", JSON}}, Files(doc.Kind)...)
	contents := make([]bytes.Buffer, len(all))
	for i, f := range all {
		if err := f.Write(&contents[i], doc); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	sums := make(map[string][sha256.Size]byte, len(all)+len(others))
	for _, name := range others {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		sums[name] = sha256.Sum256(data)
	}
	// The sums of an earlier result in the folder are those of other files.
	if err := os.Remove(filepath.Join(dir, Sums)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for i, f := range all {
		if err := replaceFile(filepath.Join(dir, f.Name), contents[i].Bytes()); err != nil {
			return err
		}
		sums[f.Name] = sha256.Sum256(contents[i].Bytes())
	}
	var list bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&list, "%x  %s\n", sums[name], name)
	}
	return replaceFile(filepath.Join(dir, Sums), list.Bytes())
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

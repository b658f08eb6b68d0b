// Package dcrbench makes this module a k6 extension: xk6 builds k6 with a module,
// and this package is what that module imports. Programs that want the extension
// import it for its side effect.
package dcrbench

import (
	"bytes"
	"os"
	"path/filepath"

	adobepass "github.com/dcrbench/dcrbench/xk6-adobepass"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/reports"
)

// The extension and the reports do not know each other; whoever links both
// introduces them.
func init() { adobepass.DeliverWith(deliver) }

// deliver leaves the same files as a run of the standalone program.
func deliver(folder string, doc *result.Document) error {
	const text = "report.txt"
	var b bytes.Buffer
	if err := reports.Text(&b, doc, reports.Options{}); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, text), b.Bytes(), 0o644); err != nil {
		return err
	}
	return reports.WriteAll(folder, doc, text)
}

// Package dcrbench makes this module a k6 extension: xk6 builds k6 with a module,
// and this package is what that module imports. Programs that want the extension
// import it for its side effect.
package dcrbench

import (
	"io"

	adobepass "github.com/dcrbench/dcrbench/xk6-adobepass"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/reports"
)

// The extension and the reports do not know each other; whoever links both
// introduces them.
func init() {
	adobepass.RegisterReport("report.txt", func(w io.Writer, doc *result.Document) error {
		return reports.Text(w, doc, reports.Options{})
	})
	for _, f := range reports.Files(result.KindRun) {
		adobepass.RegisterReport(f.Name, f.Write)
	}
}

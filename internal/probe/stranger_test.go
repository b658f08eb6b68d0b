package probe

import (
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// TestServicesOfAnotherKindGetAShortReport are targets that are no such service
// at all: few findings, everything else depends on them, and nothing breaks.
func TestServicesOfAnotherKindGetAShortReport(t *testing.T) {
	page := func(status int, media, body string) change {
		return func(_ api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
			replace(out, status, body)
			set(&out.Header, "Content-Type", media)
		}
	}
	for _, tt := range []struct {
		name string
		m    change
		most int
	}{
		{"an empty object for everything", page(200, "application/json", "{}"), 13},
		{"a page for everything", page(200, "text/html", "<html>Welcome</html>"), 10},
		{"nothing is found", page(404, "text/plain", "404"), 10},
		{"everything fails", page(500, "application/json", `{"error":"server_error"}`), 12},
		{"only the API is missing", func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
			if op != api.OpRegister && op != api.OpToken {
				replace(out, 404, "404")
			}
		}, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, report, _ := checked(t, backend.Config{ThrottleOff: true}, spec.Selection{}, through(tt.m), nil)
			if got := report.Count(check.Fail); got == 0 || got > tt.most || report.Count(check.Error) > 0 {
				t.Errorf("got %d FAIL, at most %d are of use: %v", got, tt.most, red(report))
			}
			if report.Status != check.Nonconformant {
				t.Errorf("got %s", report.Status)
			}
		})
	}
}

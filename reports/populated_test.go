package reports

import (
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/result"
)

func TestAProfileWithoutDevicesGetsNoRow(t *testing.T) {
	doc := &result.Document{Kind: result.KindRun, Profiles: []result.Profile{{Name: "rare"}, {Name: "common", Devices: 3}}}
	var out strings.Builder
	if err := Text(&out, doc, Options{Width: 120}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Contains(got, "rare") || !strings.Contains(got, "common") {
		t.Errorf("want common and not rare:\n%s", got)
	}
	if list := populated(&result.Document{Profiles: []result.Profile{{Name: "rare"}}}); len(list) != 1 {
		t.Errorf("a result without devices lists %v", list)
	}
	if len(doc.Profiles) != 2 {
		t.Error("the document was changed")
	}
}

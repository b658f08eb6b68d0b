package api

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAppendJSONStringEscapesWhereverItStands(t *testing.T) {
	for c := range 256 {
		for at := range 19 {
			s := strings.Repeat("~", at) + string([]byte{byte(c)}) + strings.Repeat(" ", 18-at)
			b := appendJSONString(nil, s)
			var got string
			if err := json.Unmarshal(b, &got); err != nil {
				t.Fatalf("byte %#x at %d: %q is no JSON: %v", c, at, b, err)
			}
			if want := strings.ToValidUTF8(s, "\ufffd"); got != want {
				t.Fatalf("byte %#x at %d: %q reads as %q, want %q", c, at, b, got, want)
			}
		}
	}
}

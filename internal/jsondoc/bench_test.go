package jsondoc_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

var tokenAnswer = `{"id":"7d2c1f0e-5b0a-4c6f-9a43-0f6f3c3e8a10","access_token":"` + strings.Repeat("eyJhbGciOi", 60) +
	`","created_at":1790000000000,"expires_in":86400,"token_type":"bearer"}`

// readToken looks up what a device needs of a token answer.
func readToken(d *jsondoc.Doc, in, token []byte) ([]byte, bool) {
	if d.Parse(in) != nil {
		return token, false
	}
	root := d.Root()
	_, created := root.Get("created_at").Int()
	_, expires := root.Get("expires_in").Int()
	token = root.Get("access_token").AppendText(token[:0])
	members := 0
	for name, value := range root.Members() {
		if !name.TextEquals("") && value.Kind() != jsondoc.Absent {
			members++
		}
	}
	return token, created && expires && members == 5 && root.Get("token_type").TextEquals("bearer") && !d.HasDuplicateKeys()
}

func TestReadingAnAnswerAllocatesNothingOnceWarm(t *testing.T) {
	var d jsondoc.Doc
	var token []byte
	escaped := []byte(`{"access_token":"a\u0062\n","created_at":1,"expires_in":2,"token_type":"\u0062earer","\u0069d":[1,[2],{"x":3}]}`)
	for name, in := range map[string][]byte{"plain": []byte(tokenAnswer), "escaped": escaped} {
		ok := false
		allocs := testing.AllocsPerRun(100, func() {
			token, ok = readToken(&d, in, token)
			for e := range d.Root().Get("id").Elements() {
				e.Len()
			}
		})
		if !ok {
			t.Errorf("%s: the answer did not read well", name)
		}
		if allocs != 0 {
			t.Errorf("%s: %v allocations, want none", name, allocs)
		}
	}
}

func BenchmarkTokenAnswer(b *testing.B) {
	in := []byte(tokenAnswer)
	b.Run("jsondoc", func(b *testing.B) {
		var d jsondoc.Doc
		var token []byte
		ok := false
		b.SetBytes(int64(len(in)))
		b.ReportAllocs()
		for b.Loop() {
			if token, ok = readToken(&d, in, token); !ok {
				b.Fatal("unreadable")
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(in)))
		b.ReportAllocs()
		for b.Loop() {
			var answer struct {
				ID      string `json:"id"`
				Token   string `json:"access_token"`
				Created int64  `json:"created_at"`
				Expires int64  `json:"expires_in"`
				Type    string `json:"token_type"`
			}
			if err := json.Unmarshal(in, &answer); err != nil || answer.Type != "bearer" {
				b.Fatal("unreadable")
			}
		}
	})
}

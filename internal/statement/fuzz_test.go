package statement_test

import (
	"testing"

	"github.com/dcrbench/dcrbench/internal/statement"
)

// FuzzVerify: nothing panics, and the only acceptable texts are the ones that
// were signed, to the byte.
func FuzzVerify(f *testing.F) {
	token := sign(f, signer(), good)
	f.Add(token)
	for _, s := range statement.Spoilings() {
		bad, err := s.Make(source())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bad)
	}
	v := verifier(f, nil)
	f.Fuzz(func(t *testing.T, in string) {
		_, _, decodeErr := statement.Decode(in)
		_, err := v.Verify(in, now)
		if err == nil && in != token {
			t.Fatalf("accepted a text of %d bytes that was not signed", len(in))
		}
		if decodeErr != nil && err == nil {
			t.Fatal("accepted what does not decode")
		}
	})
}

// FuzzVerifyEdits edits the signed statement itself, which random texts would
// never come close to.
func FuzzVerifyEdits(f *testing.F) {
	token := sign(f, signer(), good)
	f.Add(uint16(0), byte('e'), uint16(0))
	f.Add(uint16(len(token)-1), byte('A'), uint16(0))
	f.Add(uint16(50), byte('\n'), uint16(1))
	v := verifier(f, nil)
	f.Fuzz(func(t *testing.T, at uint16, with byte, insert uint16) {
		i := int(at) % len(token)
		rest := token[i:]
		if insert%2 == 0 {
			rest = rest[1:]
		}
		in := token[:i] + string([]byte{with}) + rest
		if _, err := v.Verify(in, now); err == nil && in != token {
			t.Fatalf("accepted an edit at byte %d", i)
		}
	})
}

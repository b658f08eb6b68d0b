package spoil

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// shown is a statement as it was shown to the service.
type shown struct {
	text      string
	parts     []string
	header    map[string]any
	claims    map[string]any
	rawClaims string
	signature []byte
}

func show(body []byte) shown {
	var m struct {
		Statement *string `json:"software_statement"`
	}
	if json.Unmarshal(body, &m) != nil || m.Statement == nil {
		return shown{text: "\x00"}
	}
	s := shown{text: *m.Statement, parts: strings.Split(*m.Statement, ".")}
	if len(s.parts) < 2 {
		return s
	}
	decode := func(i int) []byte {
		b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s.parts[i], "="))
		if err != nil {
			return nil
		}
		return b
	}
	_ = json.Unmarshal(decode(0), &s.header)
	s.rawClaims = string(decode(1))
	_ = json.Unmarshal([]byte(s.rawClaims), &s.claims)
	if len(s.parts) == 3 {
		s.signature = decode(2)
	}
	return s
}

func (s *shown) alg() string { a, _ := s.header["alg"].(string); return a }

func (s *shown) whole() bool {
	return len(s.parts) == 3 && s.alg() == "RS256" && len(s.signature) >= 256
}

func (s *shown) keyed() bool {
	return s.header["jwk"] != nil || s.header["jku"] != nil || s.header["x5u"] != nil
}

// flaws tell the spoilings of internal/statement by what can be seen on them.
// good is the last statement that was taken.
var flaws = map[string]func(s *shown, good *shown, now time.Time) bool{
	"empty":                  func(s, _ *shown, _ time.Time) bool { return s.text == "" },
	"not-a-jws":              func(s, _ *shown, _ time.Time) bool { return strings.Contains(s.text, " ") && s.text[0] != '{' },
	"json-serialization":     func(s, _ *shown, _ time.Time) bool { return strings.HasPrefix(s.text, "{") },
	"without-signature-part": func(s, _ *shown, _ time.Time) bool { return len(s.parts) == 2 },
	"padded-base64":          func(s, _ *shown, _ time.Time) bool { return strings.HasSuffix(s.text, "=") },
	"claims-not-an-object":   func(s, _ *shown, _ time.Time) bool { return strings.HasPrefix(s.rawClaims, "[") },
	"duplicate-claims":       func(s, _ *shown, _ time.Time) bool { return strings.Count(s.rawClaims, `"iss"`) >= 2 },
	"truncated": func(s, _ *shown, _ time.Time) bool {
		return s.alg() == "RS256" && len(s.signature) > 0 && len(s.signature) < 256
	},
	"empty-signature": func(s, _ *shown, _ time.Time) bool {
		return len(s.parts) == 3 && s.parts[2] == "" && s.alg() == "RS256"
	},
	"tampered-payload": func(s, _ *shown, _ time.Time) bool { return s.claims["tampered"] == true },
	"tampered-signature": func(s, good *shown, _ time.Time) bool {
		return s.whole() && same(s, good, 0) && same(s, good, 1) && distance(s.signature, good.signature) == 1
	},
	"foreign-key": func(s, good *shown, _ time.Time) bool {
		return s.whole() && !s.keyed() && s.header["crit"] == nil && same(s, good, 1) && distance(s.signature, good.signature) > 1
	},
	"foreign-key-in-jwk-header": func(s, _ *shown, _ time.Time) bool { return s.header["jwk"] != nil },
	"foreign-key-at-jku-header": func(s, _ *shown, _ time.Time) bool { return s.header["jku"] != nil },
	"foreign-key-at-x5u-header": func(s, _ *shown, _ time.Time) bool { return s.header["x5u"] != nil },
	"alg-none":                  func(s, _ *shown, _ time.Time) bool { return s.alg() == "none" },
	"alg-none-mixed-case":       func(s, _ *shown, _ time.Time) bool { return s.alg() != "none" && strings.EqualFold(s.alg(), "none") },
	"alg-missing":               func(s, _ *shown, _ time.Time) bool { return len(s.parts) == 3 && s.header != nil && s.alg() == "" },
	"alg-swap-hs256":            func(s, _ *shown, _ time.Time) bool { return s.alg() == "HS256" },
	"crit-unknown":              func(s, _ *shown, _ time.Time) bool { return s.header["crit"] != nil },
	"expired":                   func(s, _ *shown, _ time.Time) bool { return s.claims["exp"] != nil },
	"not-yet-valid": func(s, _ *shown, now time.Time) bool {
		at, _ := s.claims["nbf"].(float64)
		return at > float64(now.Add(30*time.Minute).Unix())
	},
	"wrong-audience": func(s, _ *shown, _ time.Time) bool { return strings.Contains(s.rawClaims, "audience.invalid") },
	"unknown-issuer": func(s, _ *shown, _ time.Time) bool {
		iss, _ := s.claims["iss"].(string)
		return strings.Contains(iss, "issuer.invalid")
	},
	"unknown-software": func(s, _ *shown, _ time.Time) bool { return s.claims["software_id"] == "unknown-software" },
}

func same(a, b *shown, part int) bool {
	return len(a.parts) == 3 && len(b.parts) == 3 && a.parts[part] == b.parts[part]
}

// distance counts the bytes in which two signatures differ.
func distance(a, b []byte) int {
	if len(a) != len(b) || bytes.Equal(a, b) {
		return 0
	}
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// accepted takes a refused statement that has the flaw; now is the time of the
// request.
func accepted(flaw string, now *time.Time) Change {
	fits := flaws[flaw]
	if fits == nil {
		return nil
	}
	var good shown
	return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op != api.OpRegister || in.Method != "POST" {
			return
		}
		s := show(in.Body)
		switch {
		case OK(out):
			good = s
		case out.Status == 400 && fits(&s, &good, *now):
			Replace(out, 201, goodClient)
		}
	}
}

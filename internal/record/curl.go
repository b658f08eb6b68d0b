package record

import (
	"regexp"
	"strings"
)

var tagged = regexp.MustCompile(`(secret|token|statement|basic|jws|saml|mediatoken|cookie|password):[0-9a-f]{8}`)

// longestArgument bounds the body that stands in a curl line, in bytes.
const longestArgument = 2 << 10

// Curl is a command line that repeats the request of an entry at base, with
// placeholders such as <token> where secrets were.
func Curl(base string, e *Entry) string {
	var b strings.Builder
	b.WriteString("curl -sS -i")
	if e.Request.Method != "GET" {
		b.WriteString(" -X " + e.Request.Method)
	}
	for _, f := range e.Request.Header {
		b.WriteString(" -H " + quoted(f.Name+": "+f.Value))
	}
	switch body := e.Request.Body; {
	case e.Request.Size == 0:
	case len(body) > longestArgument:
		b.WriteString(" --data-binary @body")
	default:
		b.WriteString(" --data-binary " + quoted(body))
	}
	b.WriteString(" " + quoted(base+e.Request.Target))
	return b.String()
}

// quoted is s as one word of a POSIX shell, its tags as placeholders.
func quoted(s string) string {
	s = tagged.ReplaceAllString(s, "<$1>")
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

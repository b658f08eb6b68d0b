package contract

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Quotable returns s when it is made of words of the protocol and short: known
// ones as they are, others as an asterisk. What has no known word in it may be a
// secret, or noise, and is not shown at all.
func Quotable(s string) string {
	if s == "" || len(s) > maxDetail {
		return otherValue
	}
	if vocabulary[strings.ToLower(s)] {
		return s
	}
	var b strings.Builder
	known := 0
	for s != "" {
		n := strings.IndexAny(s, "_-.")
		if n < 0 {
			n = len(s)
		}
		switch {
		case vocabulary[strings.ToLower(s[:n])]:
			b.WriteString(s[:n])
			known++
		case n > 0:
			b.WriteByte('*')
		}
		if n < len(s) {
			b.WriteByte(s[n])
			n++
		}
		s = s[n:]
	}
	if known == 0 {
		return otherValue
	}
	return b.String()
}

// vocabulary holds the words of the published lists, and plain ones that
// services use in their place, in lower case.
var vocabulary = words()

const plainWords = `access accept accepted account action again allowed already application attempt auth authn authenticate
	authenticated authorize authorized authz bad basic bearer brand busy cache cached canceled cancelled cannot charset client closed code
	complete completed concluded conflict connection consent content credentials custom data day deny denied device disabled done
	duplicate empty entitlement entitled error exceeded exists expired expires fail failed failure fault first forbidden format
	found full general generic get go grant granted header iat id identifier illegal ineligible input insufficient internal invalid issued
	item jwt key known last latin length level license limit limited locked login logout mac malformed match media message method mismatch
	missing mvpd name network never new no none normal not note null object ok on open operation other out over page parameter
	partner password path payload pending permission permit permitted person plain please policy post preauthorize private problem
	profile provider proxy public quota rate reached read ready redirect refresh refused region register regular reject rejected
	request requestor required reset resource response restricted resume retry revoked role rule scope screen secret server
	service session signature slow software some start state statement status stop stream string subscriber success support
	suspended system temporary test throttle throttled time timeout title token too try type unauthenticated unauthorized unavailable
	unexpected unknown unsupported update upgrade uri url user valid value version viewer wait wrong yes iso utf ascii us windows`

func words() map[string]bool {
	w := map[string]bool{}
	learn := func(name string) {
		w[strings.ToLower(name)] = true
		for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' }) {
			w[strings.ToLower(part)] = true
		}
	}
	for _, c := range api.ErrorCodes() {
		learn(c.Code)
	}
	for op := range api.NumOps {
		for _, e := range op.DCRErrors() {
			learn(e.Code)
		}
		for _, m := range op.Members() {
			for _, value := range m.Enum {
				learn(value)
			}
		}
	}
	for a := api.ErrorActionNone; a.String() != "unknown"; a++ {
		learn(a.String())
	}
	for word := range strings.FieldsSeq(plainWords) {
		w[word] = true
	}
	return w
}

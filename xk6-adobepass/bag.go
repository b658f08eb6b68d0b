package adobepass

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/grafana/sobek"

	"github.com/dcrbench/dcrbench/internal/nearest"
)

// bag reads an object of options by hand. k6's own conversion rounds 1.7 to 1
// and passes over keys it does not know, so that a slip of the finger would
// change what a test measures without a word. Every problem is collected.
type bag struct {
	// where names the options in messages, such as "new Fleet".
	where  string
	object *sobek.Object
	known  []string
	errs   []error
}

// openBag reads value, which may be undefined or null for no options.
func openBag(where string, value sobek.Value) *bag {
	b := &bag{where: where}
	if absent(value) {
		return b
	}
	object, ok := value.(*sobek.Object)
	if !ok || isArray(object) || isFunction(object) {
		b.errs = append(b.errs, fmt.Errorf("%s: options must be an object, not %s", where, kindOf(value)))
		return b
	}
	b.object = object
	return b
}

func absent(v sobek.Value) bool { return v == nil || sobek.IsUndefined(v) || sobek.IsNull(v) }

func isArray(o *sobek.Object) bool { return o.ClassName() == "Array" }

func isFunction(o *sobek.Object) bool {
	_, ok := sobek.AssertFunction(o)
	return ok
}

// kindOf names the type of a value as JavaScript users do.
func kindOf(v sobek.Value) string {
	switch v := v.(type) {
	case nil:
		return "undefined"
	case *sobek.Object:
		switch {
		case isArray(v):
			return "an array"
		case isFunction(v):
			return "a function"
		}
		return "an object"
	}
	if sobek.IsUndefined(v) {
		return "undefined"
	}
	switch x := v.Export().(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return fmt.Sprint(x)
	case int64, float64:
		return "the number " + v.String()
	}
	return "a " + v.ExportType().String()
}

// get returns the value under key, nil when it is absent, and notes the key as
// one that may be there.
func (b *bag) get(key string) sobek.Value {
	b.known = append(b.known, key)
	if b.object == nil {
		return nil
	}
	if v := b.object.Get(key); !absent(v) {
		return v
	}
	return nil
}

func (b *bag) refuse(key, want string, got sobek.Value) {
	b.errs = append(b.errs, fmt.Errorf("%s: %s must be %s, not %s", b.where, key, want, shown(key, got)))
}

// maxShown is how much of a wrong text an error shows.
const maxShown = 40

// shown is a wrong value as its error names it: kindOf, and a text by its beginning
// unless the key is one under which somebody may have put a secret.
func shown(key string, v sobek.Value) string {
	if absent(v) || key == "token" {
		return kindOf(v)
	}
	text, ok := v.Export().(string)
	switch {
	case !ok:
		return kindOf(v)
	case len(text) > maxShown:
		return fmt.Sprintf("the text that begins %q", strings.ToValidUTF8(text[:maxShown], ""))
	}
	return fmt.Sprintf("the text %q", text)
}

func (b *bag) fail(key string, err error) {
	b.errs = append(b.errs, fmt.Errorf("%s: %s: %w", b.where, key, err))
}

func (b *bag) str(key string, dst *string) bool {
	v := b.get(key)
	if v == nil {
		return false
	}
	s, ok := v.Export().(string)
	if !ok {
		b.refuse(key, "a string", v)
		return false
	}
	*dst = s
	return true
}

func (b *bag) flag(key string, dst *bool) {
	v := b.get(key)
	if v == nil {
		return
	}
	set, ok := v.Export().(bool)
	if !ok {
		b.refuse(key, "true or false", v)
		return
	}
	*dst = set
}

// whole reads a whole number from low to high.
func (b *bag) whole(key string, low, high int64, dst *int64) bool {
	v := b.get(key)
	if v == nil {
		return false
	}
	n, ok := wholeNumber(v)
	if !ok || n < low || n > high {
		b.refuse(key, fmt.Sprintf("a whole number from %d to %d", low, high), v)
		return false
	}
	*dst = n
	return true
}

func wholeNumber(v sobek.Value) (int64, bool) {
	switch n := v.Export().(type) {
	case int64:
		return n, true
	case float64:
		if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
			return int64(n), true
		}
	}
	return 0, false
}

// number reads a number from low to high.
func (b *bag) number(key string, low, high float64, dst *float64) bool {
	v := b.get(key)
	if v == nil {
		return false
	}
	var n float64
	switch x := v.Export().(type) {
	case int64:
		n = float64(x)
	case float64:
		n = x
	default:
		b.refuse(key, "a number", v)
		return false
	}
	if !(n >= low && n <= high) {
		b.refuse(key, fmt.Sprintf("a number from %g to %g", low, high), v)
		return false
	}
	*dst = n
	return true
}

// duration reads a text such as "1m30s", of at least low.
func (b *bag) duration(key string, low time.Duration, dst *time.Duration) bool {
	v := b.get(key)
	if v == nil {
		return false
	}
	text, ok := v.Export().(string)
	d, err := time.ParseDuration(text)
	if !ok || err != nil || d < low {
		b.refuse(key, fmt.Sprintf("a duration of at least %v, such as \"30s\"", low), v)
		return false
	}
	*dst = d
	return true
}

// texts reads an array of strings.
func (b *bag) texts(key string, dst *[]string) bool {
	v := b.get(key)
	if v == nil {
		return false
	}
	list, ok := v.Export().([]any)
	if !ok {
		b.refuse(key, "an array of strings", v)
		return false
	}
	texts := make([]string, len(list))
	for i, e := range list {
		if texts[i], ok = e.(string); !ok {
			b.fail(fmt.Sprintf("%s[%d]", key, i), errors.New("must be a string"))
			return false
		}
	}
	*dst = texts
	return true
}

// open reads the object under key.
func (b *bag) open(key string) *bag {
	v := b.get(key)
	inner := openBag(b.where+": "+key, v)
	return inner
}

// done reports every problem at once, among them the keys that nobody asked for.
func (b *bag) done() error {
	if b.object != nil {
		for _, key := range b.object.Keys() {
			if slices.Contains(b.known, key) {
				continue
			}
			hint := ""
			if best := nearest.Name(key, b.known); best != "" {
				hint = fmt.Sprintf("; did you mean %q?", best)
			} else {
				hint = "; known are " + strings.Join(b.known, ", ")
			}
			b.errs = append(b.errs, fmt.Errorf("%s: unknown option %q%s", b.where, key, hint))
		}
	}
	return errors.Join(b.errs...)
}

package api

import (
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

func TestRetryAfterReadsSecondsAndDates(t *testing.T) {
	const sent = "Sun, 06 Nov 1994 08:49:37 GMT"
	tests := []struct {
		name, value, date string
		want              time.Duration
	}{
		{"nothing", "", sent, -1},
		{"zero", "0", "", 0},
		{"seconds", "7", "", 7 * time.Second},
		{"seconds in blanks", " 120\t", "", 2 * time.Minute},
		{"seconds beyond all bounds", "99999999999999999999999999999999", "", maxLife},
		{"the longest duration", strconv.Itoa(math.MaxInt64), "", maxLife},
		{"a sign", "+7", "", -1},
		{"a negative number", "-7", "", -1},
		{"a fraction", "1.5", "", -1},
		{"words", "soon", sent, -1},
		{"a list", "1, 2", "", -1},
		{"a date", "Sun, 06 Nov 1994 08:49:47 GMT", sent, 10 * time.Second},
		{"a date in the form of RFC 850", "Sunday, 06-Nov-94 08:50:37 GMT", sent, time.Minute},
		{"a date in the form of asctime", "Sun Nov  6 09:49:37 1994", sent, time.Hour},
		{"a date in the past", "Sat, 05 Nov 1994 08:49:37 GMT", sent, 0},
		{"a date without a clock", "Sun, 06 Nov 1994 08:49:47 GMT", "", -1},
		{"a date against a broken clock", "Sun, 06 Nov 1994 08:49:47 GMT", "yesterday", -1},
		{"a date in the far future", "Fri, 31 Dec 9999 23:59:59 GMT", sent, maxLife},
	}
	for _, tt := range tests {
		h := Header{}
		if tt.value != "" {
			h = append(h, Field{"retry-after", tt.value})
		}
		if tt.date != "" {
			h = append(h, Field{"date", tt.date})
		}
		if got := RetryAfter(h); got != tt.want {
			t.Errorf("%s: RetryAfter(%q) = %v, want %v", tt.name, tt.value, got, tt.want)
		}
	}
}

func TestMillisReadsBothTypesWithinBounds(t *testing.T) {
	at := time.UnixMilli(1700000000123).UTC()
	for body, want := range map[string]time.Time{
		`1700000000123`: at, `"1700000000123"`: at, `1700000000123.0`: at, `253402300799999`: time.UnixMilli(maxMillis).UTC(),
		`0`: {}, `-1`: {}, `253402300800000`: {}, `1e300`: {}, `1.5`: {}, `"1e3"`: {}, `""`: {}, `"-1"`: {}, `" 1"`: {},
		`"99999999999999999999999999999"`: {}, `"999999999999999999999999999999999999999999"`: {}, `"0"`: {}, `null`: {},
		`true`: {}, `[1]`: {}, `{}`: {},
	} {
		var doc jsondoc.Doc
		if err := doc.Parse([]byte(body)); err != nil {
			t.Fatal(err)
		}
		if got := millis(doc.Root()); got != want {
			t.Errorf("millis(%s) = %v, want %v", body, got, want)
		}
	}
	if got := millis(jsondoc.Node{}); !got.IsZero() {
		t.Errorf("an absent member is %v", got)
	}
}

func TestATokenNeverLivesLongerThanItsBound(t *testing.T) {
	body := `{"access_token":"tok","expires_in":9223372036854775807,"token_type":"bearer"}`
	if got := decoded(OpToken, answer(201, body)); got.Outcome != OutcomeOK || got.ExpiresIn != maxLife {
		t.Errorf("got %v for %v", got.Outcome, got.ExpiresIn)
	}
}

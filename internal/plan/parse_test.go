package plan

import (
	"strings"
	"testing"
	"time"
)

func TestTimesOfTheDay(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"20:05", 20*time.Hour + 5*time.Minute, true},
		{"00:00:30", 30 * time.Second, true},
		{"44:00", 44 * time.Hour, true},
		{"20", 0, false}, {"20:60", 0, false}, {"-1:00", 0, false}, {"20:05:06:07", 0, false}, {"", 0, false}, {"1:x", 0, false}, {"20:+5", 0, false},
	} {
		got, err := ParseTimeOfDay(c.text)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("ParseTimeOfDay(%q) = %v, %v", c.text, got, err)
		}
	}
	if got := timeOfDay(18*time.Hour, 26*time.Hour+61*time.Second); got != "day 2 20:01:01" {
		t.Errorf("timeOfDay = %q", got)
	}
}

func TestOutagesAndDeploysAreOffsetsFromTheBeginning(t *testing.T) {
	for _, c := range []struct {
		text  string
		begin time.Duration
		want  Outage
		bad   string
	}{
		{"20:05+3m", 0, Outage{20*time.Hour + 5*time.Minute, 3 * time.Minute, 500}, ""},
		{"20:05+3m=503", 18 * time.Hour, Outage{2*time.Hour + 5*time.Minute, 3 * time.Minute, 503}, ""},
		{"01:00+1h", 18 * time.Hour, Outage{7 * time.Hour, time.Hour, 500}, ""},
		{"20:05", 0, Outage{}, "no length"},
		{"25+3m", 0, Outage{}, "want one of the day"},
		{"20:05+0s", 0, Outage{}, "not a length"},
		{"20:05+3m=404", 0, Outage{}, "neither"},
	} {
		got, err := ParseOutage(c.text, c.begin)
		switch {
		case c.bad != "":
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("ParseOutage(%q): %v, want %q", c.text, err, c.bad)
			}
		case err != nil || got != c.want:
			t.Errorf("ParseOutage(%q) = %v, %v, want %v", c.text, got, err, c.want)
		}
	}
	if got, err := ParseDeploy("20:15", 19*time.Hour); err != nil || got != 75*time.Minute {
		t.Errorf("ParseDeploy = %v, %v", got, err)
	}
	if _, err := ParseDeploy("soon", 0); err == nil {
		t.Error("a deploy at no time is taken")
	}
}

func TestResponseTimes(t *testing.T) {
	for _, c := range []struct {
		text, canonical string
		ok              bool
	}{
		{"50ms", "50ms", true}, {"20ms..80ms", "20ms..80ms", true}, {"lognormal:40ms,200ms", "lognormal:40ms,200ms", true}, {"0s", "0s", true},
		{"", "", false}, {"80ms..20ms", "", false}, {"2m", "", false}, {"lognormal:40ms", "", false}, {"lognormal:0s,1s", "", false}, {"lognormal:2s,1s", "", false}, {"-5ms", "", false},
	} {
		got, err := ParseResponseTime(c.text)
		if (err == nil) != c.ok || c.ok && got.String() != c.canonical {
			t.Errorf("ParseResponseTime(%q) = %v, %v", c.text, got, err)
		}
	}
}

func FuzzParsers(f *testing.F) {
	for _, s := range []string{"20:05+3m=503", "lognormal:40ms,200ms", "20ms..80ms", "token_ttl=1h", "44:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := ParseResponseTime(s); err == nil {
			if again, err := ParseResponseTime(r.String()); err != nil || again != r {
				t.Fatalf("%q reads as %v, and that as %v, %v", s, r, again, err)
			}
		}
		if o, err := ParseOutage(s, time.Hour); err == nil && (o.From < 0 || o.For <= 0) {
			t.Fatalf("%q is an outage at %v for %v", s, o.From, o.For)
		}
		if c, err := ParseChange(s); err == nil && c.String() != s {
			t.Fatalf("%q reads as %q", s, c)
		}
		_, _ = ParseDeploy(s, 0)
	})
}

package throttle

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestParseLimits(t *testing.T) {
	tests := []struct {
		name, in string
		want     Limits
		wantErr  string
	}{
		{name: "the documented figures", in: "1:10", want: DocumentedLimits},
		{name: "a fractional rate", in: "0.5:3", want: Limits{Rate: 0.5, Burst: 3}},
		{name: "no burst at all", in: "2:0", want: Limits{Rate: 2}},
		{name: "nothing", in: "", wantErr: `limits "" have no colon, want RATE:BURST (try: 1:10)`},
		{name: "a rate alone", in: "1", wantErr: `limits "1" have no colon`},
		{name: "a unit after the rate", in: "1/s:10", wantErr: `rate "1/s" in limits "1/s:10" is not a number`},
		{name: "a fractional burst", in: "1:1.5", wantErr: `burst "1.5" in limits "1:1.5" is not a whole number`},
		{name: "a third part", in: "1:2:3", wantErr: `burst "2:3"`},
		{name: "a zero rate", in: "0:10", wantErr: "rate must be more than 0"},
		{name: "two zeros are not the defaults", in: "0:0", wantErr: "rate must be more than 0"},
		{name: "a negative rate", in: "-1:10", wantErr: "not -1"},
		{name: "a negative burst", in: "1:-1", wantErr: "burst must be from 0 to 1000000, not -1"},
		{name: "not a number", in: "NaN:1", wantErr: "not NaN"},
		{name: "infinity", in: "Inf:1", wantErr: "not +Inf"},
		{name: "both wrong", in: "-1:-2", wantErr: "not -1; burst must be from 0 to 1000000, not -2"},
		{name: "a refill of centuries", in: "0.000001:1000000", wantErr: "more than a year"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseLimits(tt.in)
			if tt.wantErr == "" {
				if err != nil || got != tt.want {
					t.Errorf("ParseLimits(%q) = %v, %v, want %v", tt.in, got, err, tt.want)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("ParseLimits(%q) error = %v, want it to contain %q", tt.in, err, tt.wantErr)
			}
		})
	}
}

func TestLimitsValidateReportsEverythingAtOnce(t *testing.T) {
	if errs := (Limits{Rate: math.NaN(), Burst: -1}).Validate(); len(errs) != 2 {
		t.Errorf("got %d errors %v, want 2", len(errs), errs)
	}
	if errs := (Limits{}).Validate(); len(errs) != 0 {
		t.Errorf("zero value: got %v, want none", errs)
	}
}

func TestLimitsZeroValueStandsForTheDocumented(t *testing.T) {
	if got := (Limits{}).String(); got != "1:10" {
		t.Errorf("String() = %q, want 1:10", got)
	}
	if got := NewTable[string](Limits{}).Limits(); got != DocumentedLimits {
		t.Errorf("table has %v, want %v", got, DocumentedLimits)
	}
}

func TestLimitsRefillRoundsUp(t *testing.T) {
	for _, tt := range []struct {
		limits Limits
		want   time.Duration
	}{
		{DocumentedLimits, 11 * time.Second},
		{Limits{Rate: 3, Burst: 0}, 333333334},
		{Limits{Rate: 0.001, Burst: 1}, 2000 * time.Second},
	} {
		if got := tt.limits.Refill(); got != tt.want {
			t.Errorf("%v.Refill() = %v, want %v", tt.limits, got, tt.want)
		}
	}
}

func TestInvalidLimitsPanicWithTheReason(t *testing.T) {
	defer func() {
		msg, _ := recover().(string)
		if !strings.Contains(msg, "invalid limits -1:0") {
			t.Errorf("panic %q does not name the limits", msg)
		}
	}()
	NewBucket(Limits{Rate: -1})
}

func FuzzParseLimits(f *testing.F) {
	for _, s := range []string{"1:10", "0.5:3", "", ":", "0:0", "1e-9:1", "NaN:0", "1:-0", "0x1p-2:5", "+1:+2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLimits(s)
		if err != nil {
			if l != (Limits{}) {
				t.Fatalf("limits %v beside the error %v", l, err)
			}
			return
		}
		again, err := ParseLimits(l.String())
		if err != nil || again != l {
			t.Fatalf("%q parsed to %v, which prints as %q and parses to %v, %v", s, l, l.String(), again, err)
		}
		if NewBucket(l).Allow(time.Unix(0, 0)) != true {
			t.Fatalf("a full bucket of %v refused", l)
		}
	})
}

package run

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
)

// sluggish is an alarm that goes off late.
type sluggish struct {
	Alarm
	late time.Duration
}

func (a *sluggish) Sleep(d time.Duration) { a.Alarm.Sleep(max(d, 0) + a.late) }

func TestASessionDoesNotFallBehindItsScheduleBitByBit(t *testing.T) {
	const steps, latency = 20, 5 * time.Millisecond
	for late, most := range map[time.Duration]time.Duration{
		4 * time.Millisecond:  4 * time.Millisecond,
		10 * time.Millisecond: 10 * time.Millisecond,
		// What no wait makes up for adds up.
		11 * time.Millisecond: (steps + 1) * 11 * time.Millisecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			cfg := config(t, &script{latency: latency}, sessionFleet(steps), 1, time.Minute)
			cfg.Alarm = &sluggish{newRuntimeAlarm(), late}
			var last *record.Exchange
			requests := 0
			cfg.Observer = func(x *record.Exchange) { last, requests = &record.Exchange{Due: x.Due, Sent: x.Sent}, requests+1 }
			finish(t, t.Context(), cfg)
			if requests != steps+2 {
				t.Fatalf("%d requests, want %d", requests, steps+2)
			}
			want := (steps+1)*latency + (steps-1)*time.Second
			if over := last.Sent.Sub(start) - want; over < late || over > most {
				t.Errorf("late by %v each time: the last request is sent %v after its time, want %v to %v", late, over, late, most)
			}
		})
	}
}

func TestTheClockThatADeviceLivesBy(t *testing.T) {
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	for _, c := range []struct {
		why                    string
		wanted, sent, received int
		status                 int
		want                   int
	}{
		{"on time", 100, 100, 130, 200, 130},
		{"a little late: as if it had been on time", 100, 107, 137, 200, 130},
		{"too late to be made up for", 100, 111, 141, 200, 141},
		{"a wait after a 429 counts from the 429", 100, 107, 137, 429, 137},
	} {
		x := &record.Exchange{Sent: at(c.sent), Received: at(c.received), Response: &api.Response{Status: c.status}}
		if c.status == 429 {
			x.Response.Outcome = api.OutcomeThrottled
		}
		m := answered(at(c.wanted), x)
		if !m.own.Equal(at(c.want)) || !m.real.Equal(at(c.received)) {
			t.Errorf("%s: own %v, real %v, want %v and %v", c.why, m.own, m.real, at(c.want), at(c.received))
		}
		if later := m.until(at(1000)); later.behind() != m.behind() || !later.real.Equal(at(1000)) {
			t.Errorf("%s: later it is %v behind, want %v", c.why, later.behind(), m.behind())
		}
	}
}

package wire

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestRequestsOfOneContextShareTheContextOfTheirDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const timeout, slack = 64 * time.Second, time.Second
		var l limit2
		run, stop := context.WithCancel(t.Context())
		other, cancel := context.WithCancel(t.Context())
		defer cancel()
		at := func(ctx context.Context) context.Context {
			limited, release := l.of(ctx, time.Now().Add(timeout), slack)
			t.Cleanup(release)
			return limited
		}
		own, first := at(run), at(run)
		time.Sleep(slack / 2)
		if own == first || at(run) != first {
			t.Error("the second and the third request of a context do not share one of theirs")
		}
		time.Sleep(slack)
		late := at(run)
		if late == first {
			t.Error("a request whose deadline is later by more than the slack shares the earlier one")
		}
		if at(other) == late {
			t.Error("requests of two contexts share one")
		}
		time.Sleep(timeout - slack/2)
		if synctest.Wait(); first.Err() != context.DeadlineExceeded || late.Err() != nil {
			t.Errorf("at the first deadline: %v and %v", first.Err(), late.Err())
		}
		stop()
		if synctest.Wait(); late.Err() != context.Canceled {
			t.Errorf("after the run has ended: %v", late.Err())
		}
		at(other)
		l.end()
	})
}

func TestNothingIsSharedWithoutSlack(t *testing.T) {
	var l limit2
	for range 3 {
		ctx, cancel := l.of(t.Context(), time.Now().Add(time.Hour), 0)
		cancel()
		if ctx.Err() == nil {
			t.Fatal("the context of one request is not its own")
		}
	}
}

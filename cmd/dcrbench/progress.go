package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/dcrbench/dcrbench/internal/run"
)

// progressEvery is how often the progress line is drawn anew.
const progressEvery = 200 * time.Millisecond

// terminalWidth is the width of the terminal behind w, and false when w is none.
func terminalWidth(w io.Writer) (int, bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if width == 0 {
		width = 80 // some terminals do not say
	}
	return width, err == nil
}

// showProgress draws the state of the run on a terminal until the returned
// function is called. On anything else it draws nothing.
func showProgress(w io.Writer, name string, r *run.Runner) (finish func()) {
	width, ok := terminalWidth(w)
	if !ok {
		return func() {}
	}
	p := mpb.New(mpb.WithOutput(w), mpb.WithWidth(min(width, 110)), mpb.WithRefreshRate(progressEvery))
	bar := p.New(1000, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─"),
		mpb.BarWidth(16),
		mpb.PrependDecorators(decor.Name(name+" "), decor.Any(func(decor.Statistics) string { return phase(r.Snapshot()) })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return figures(r.Snapshot(), width) })),
		mpb.BarRemoveOnComplete(),
	)
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s := r.Snapshot()
				bar.SetCurrent(min(999, int64(1000*s.Elapsed/max(s.Total, 1))))
			case <-over:
				bar.Abort(true)
				return
			}
		}
	}()
	return func() {
		close(over)
		<-gone
		p.Wait()
	}
}

// phase says what the run is doing and for how long it has been.
func phase(s run.Snapshot) string {
	what := "running "
	switch {
	case s.Ending:
		what = "ending "
	case s.Launched < s.Devices:
		what = "launching "
	}
	return fmt.Sprintf("%s%s/%s ", what, clockTime(s.Elapsed), clockTime(s.Total))
}

// figures are the moving figures, as many as the width has room for.
func figures(s run.Snapshot, width int) string {
	line := fmt.Sprintf(" %.0f req/s  429 %.1f %%  p99 %s", s.PerSecond, 100*s.ThrottledShare, shortDuration(s.P99))
	if width >= 110 {
		line = fmt.Sprintf(" %d/%d devices %s  in flight %d", s.Launched, s.Devices, line, s.InFlight)
	}
	return line
}

func clockTime(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func shortDuration(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/dcrbench/dcrbench/internal/run"
)

// progressEvery is how often the progress is drawn anew on a terminal, and
// progressLineEvery how often a line of it is written elsewhere.
const (
	progressEvery     = 200 * time.Millisecond
	progressLineEvery = 5 * time.Second
)

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

// showProgress shows the state of the run until the returned function is called:
// two lines that are drawn anew on a terminal, plain lines elsewhere.
func showProgress(w io.Writer, name string, r *run.Runner) (finish func()) {
	if _, ok := terminalWidth(w); !ok {
		return every(progressLineEvery, func() {
			s := r.Snapshot()
			fmt.Fprintf(w, "dcrbench: %s, %s\n", phase(s), strings.Join(figures(s), ", "))
		})
	}
	// The terminal may change its width at any moment.
	fit := func(line string) string {
		width, _ := terminalWidth(w)
		return cut(line, width-1)
	}
	const barWidth = 16
	p := mpb.New(mpb.WithOutput(w), mpb.WithWidth(barWidth), mpb.WithRefreshRate(progressEvery))
	bar := p.New(1000, slimBar(),
		mpb.BarWidth(barWidth),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
			width, _ := terminalWidth(w)
			return cut("  "+name+" "+phase(r.Snapshot()), width-1-barWidth)
		})),
		mpb.BarExtender(mpb.BarFillerFunc(func(w io.Writer, _ decor.Statistics) error {
			_, err := fmt.Fprintln(w, fit(strings.Join(figures(r.Snapshot()), "  ")))
			return err
		}), false),
		mpb.BarRemoveOnComplete(),
	)
	return animate(p, bar, func() {
		s := r.Snapshot()
		bar.SetCurrent(min(999, int64(1000*s.Elapsed/max(s.Total, 1))))
	})
}

func slimBar() mpb.BarStyleComposer {
	return mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─")
}

// animate updates a bar until the returned function is called, which takes it off
// the screen.
func animate(p *mpb.Progress, bar *mpb.Bar, update func()) (finish func()) {
	stop := every(progressEvery, update)
	return func() {
		stop()
		bar.Abort(true)
		p.Wait()
	}
}

// every calls f again and again until the returned function is called, which waits
// for a call under way.
func every(interval time.Duration, f func()) (stop func()) {
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				f()
			case <-over:
				return
			}
		}
	}()
	return func() {
		close(over)
		<-gone
	}
}

// phase says what the run is doing, for how long it has been, and how many devices
// have launched.
func phase(s run.Snapshot) string {
	what := "running"
	switch {
	case s.Ending:
		what = "ending"
	case s.Launched < s.Devices:
		what = "launching"
	}
	return fmt.Sprintf("%s %s/%s, %d/%d devices", what, clockTime(s.Elapsed), clockTime(s.Total), s.Launched, s.Devices)
}

// figures are the moving figures, the most wanted first: a narrow terminal has no
// room for the last.
func figures(s run.Snapshot) []string {
	list := []string{
		fmt.Sprintf("%.0f req/s", s.PerSecond),
		fmt.Sprintf("429 %.1f %%", 100*s.ThrottledShare),
		"p50 " + shortDuration(s.P50),
		"p99 " + shortDuration(s.P99),
		fmt.Sprintf("%d in flight", s.InFlight),
		fmt.Sprintf("%.1f calls/token", s.CallsPerToken),
	}
	if s.Errors > 0 {
		list = append(list, fmt.Sprintf("%d unanswered", s.Errors))
	}
	return list
}

// cut shortens a line to so many characters, all of which are one column wide.
func cut(line string, width int) string {
	runes := []rune(line)
	switch {
	case width <= 0:
		return ""
	case len(runes) <= width:
		return line
	}
	return string(runes[:width-1]) + "…"
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

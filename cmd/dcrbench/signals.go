package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruptible returns a context that ends at the first SIGINT or SIGTERM. A
// second signal ends the process at once: whoever presses Ctrl-C twice does not
// want to wait. The returned function gives the signals back.
func interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	if parent == nil {
		parent = context.Background()
	}
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case <-signals:
				cancel()
				if n > 0 {
					os.Exit(exitInterrupted)
				}
			case <-over:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel()
	}
}

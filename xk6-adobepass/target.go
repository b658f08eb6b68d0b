package adobepass

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.k6.io/k6/js/modules"

	"github.com/dcrbench/dcrbench/internal/server"
)

// askTimeout is how long a target may take to say whether it is a simulator.
const askTimeout = 5 * time.Second

// offeredStatement fetches the software statement that a simulator on this
// machine hands out. A target that is none answers something else, which is no
// error; one that does not answer at all is. The request goes through the VU's
// transport, for its TLS and DNS options, and is in no figure.
func offeredStatement(ctx context.Context, transport http.RoundTripper, target *url.URL) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.JoinPath("/_sim/software-statement").String(), nil)
	if err != nil {
		return "", err
	}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return "", fmt.Errorf("target %s cannot be reached: %w", target, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	text := strings.TrimSpace(string(body))
	if err != nil || answer.StatusCode != http.StatusOK || strings.Count(text, ".") != 2 || strings.ContainsAny(text, " <>{}\"\r\n") {
		return "", nil
	}
	return text, nil
}

// exitEvent is k6's event of a process that is about to end. Its package is
// internal to k6, but its type takes a constant without one.
const exitEvent = 6

// closeAtExit ends the simulator with the process, which waits for it.
func closeAtExit(vu modules.VU, s *server.Server) {
	events := vu.Events().Global
	if events == nil {
		return
	}
	_, exits := events.Subscribe(exitEvent)
	go func() {
		for e := range exits {
			_ = closeServer(s) // the process ends either way
			e.Done()
		}
	}()
}

package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

func TestDevicesThatAreTurnedAwayAreNoLoad(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status map[string]uint64
		want   string
	}{
		{"all granted", map[string]uint64{"201": 5}, ""},
		{"some granted", map[string]uint64{"201": 1, "400": 9}, ""},
		{"none granted", map[string]uint64{"400": 9, "429": 2}, "no device got beyond register, which was answered with 400 and 429"},
		{"all throttled", map[string]uint64{"429": 9}, ""},
		{"a service that fails", map[string]uint64{"503": 9}, ""},
		{"no answer", map[string]uint64{}, ""},
	} {
		err := refused(&result.Document{Endpoints: []result.Endpoint{{Endpoint: "register", Status: tt.status}, {Endpoint: "configuration", Status: map[string]uint64{"404": 1}}}})
		if (err != nil) != (tt.want != "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestASearchEndsWhereEveryDeviceIsTurnedAway(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := searchProcess(ctx, t, "--search", "launch_rate:4..8", "--duration", "1s", "--fault", "ss.accepted")
	p.start(t)
	o := p.end(t)
	if doc := soundDocument(t, []byte(o.stdout)); o.code != exitUntrusted || !strings.Contains(strings.Join(doc.Verdict.Reasons, " "), "no device got beyond register") || len(doc.Search.Steps) != 1 {
		t.Errorf("exit code %d, verdict %+v; stderr: %s", o.code, doc.Verdict, o.stderr)
	}
}

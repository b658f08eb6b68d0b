package nginxtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Line is one line of the access log that nginx.conf.tmpl defines.
type Line struct {
	Method       string  `json:"method"`
	Path         string  `json:"path"`
	Status       int     `json:"status"`
	Seconds      float64 `json:"seconds"`
	ForwardedFor string  `json:"forwarded_for"`
}

// Counts is the number of requests by endpoint name and status, in the shape of
// the simulator's ledger and of endpoints[].status in a result.
type Counts map[string]map[string]int

// Count reads an access log. Paths under /_sim/ are not counted, as in the
// simulator's ledger; paths of no operation count as "unknown".
func Count(r io.Reader) (Counts, error) {
	counts := Counts{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		var line Line
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("access log line %d: %w", n, err)
		}
		if strings.HasPrefix(line.Path, "/_sim/") {
			continue
		}
		op, _, _ := api.Match(line.Method, line.Path)
		byStatus := counts[op.String()]
		if byStatus == nil {
			byStatus = map[string]int{}
			counts[op.String()] = byStatus
		}
		byStatus[strconv.Itoa(line.Status)]++
	}
	return counts, lines.Err()
}

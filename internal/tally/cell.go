package tally

import (
	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/stats"
)

// cell is the traffic of one operation by one profile.
type cell struct {
	statuses                 []statusCount
	errors                   [api.NumErrKinds]uint64
	latency, wire            stats.Histogram
	bytesSent, bytesReceived int64
}

// statusCount is how often one status came. A service uses a handful, so a
// short list beats a table.
type statusCount struct {
	status int
	count  uint64
}

func (c *cell) record(x *record.Exchange) {
	c.bytesSent += x.BytesSent
	c.bytesReceived += x.BytesReceived
	if x.Response.Status == 0 {
		c.errors[min(x.Response.Err, api.NumErrKinds-1)]++
		return
	}
	c.count(x.Response.Status, 1)
	c.latency.Record(x.Latency())
	c.wire.Record(x.WireTime())
}

func (c *cell) count(status int, n uint64) {
	for i := range c.statuses {
		if c.statuses[i].status == status {
			c.statuses[i].count += n
			return
		}
	}
	c.statuses = append(c.statuses, statusCount{status, n})
}

func (c *cell) merge(other *cell) {
	for _, s := range other.statuses {
		c.count(s.status, s.count)
	}
	for kind, n := range other.errors {
		c.errors[kind] += n
	}
	c.latency.Merge(&other.latency)
	c.wire.Merge(&other.wire)
	c.bytesSent += other.bytesSent
	c.bytesReceived += other.bytesReceived
}

// completed counts the answers, failed the lack of them.
func (c *cell) completed() (n uint64) {
	for _, s := range c.statuses {
		n += s.count
	}
	return n
}

func (c *cell) failed() (n uint64) {
	for _, e := range c.errors {
		n += e
	}
	return n
}

// addCells merges the cells of one profile into totals, which it fills as needed.
func addCells(totals, cells *[api.NumOps]*cell) {
	for op, c := range cells {
		if c == nil {
			continue
		}
		if totals[op] == nil {
			totals[op] = new(cell)
		}
		totals[op].merge(c)
	}
}

package tally

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
)

// Conduct is what the Books of a group of devices say about it: its throttling
// and its token reuse, judged as a Shard judges them. It is for drivers whose
// exchanges are too many for a Shard and that count the traffic themselves. The
// zero Conduct is empty and ready.
type Conduct struct {
	throttling throttling
	tokens     tokens
}

// Observe judges an exchange of the device with that Book and remembers it
// there. Of x it reads the times, the request's operation and the response.
func (c *Conduct) Observe(x *record.Exchange, b *Book) {
	b.observe(x, &c.throttling, &c.tokens, true)
}

// Merge adds other, which is left as it is.
func (c *Conduct) Merge(other *Conduct) {
	c.throttling.merge(&other.throttling)
	c.tokens.merge(&other.tokens)
}

// Figures shows the conduct in a result of a run that began at start, in which
// completed answers came and predicted requests were foreseen to be refused.
func (c *Conduct) Figures(start time.Time, completed, predicted uint64) (result.Throttling, result.TokenReuse) {
	s := Shard{layout: Layout{Start: start}}
	t := s.throttlingFigures(&profile{throttling: c.throttling}, predicted)
	t.Ratio = ratio(t.Responses, completed)
	return t, c.tokens.figures()
}

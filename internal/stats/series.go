package stats

import (
	"fmt"
	"time"
)

// Series counts events over the course of a run in a bounded number of slots of
// equal length. When a run outgrows them, neighbouring slots are added together
// and the interval doubles, so memory stays the same whatever the run's length
// and no count is lost.
//
// A series has one or more columns that share their slots, such as requests,
// successes and failures. One slot of one column holds up to 4,294,967,295 events:
// a hundred thousand a second for twelve hours in one slot.
type Series struct {
	first    time.Duration
	interval time.Duration
	slots    int
	columns  int
	counts   []uint32 // slot by slot, columns next to each other
}

// NewSeries returns an empty series of columns counters with slots of the given
// interval, at most slots of them. It panics unless interval and columns are
// positive and slots at least 2.
func NewSeries(interval time.Duration, slots, columns int) *Series {
	if interval <= 0 || slots < 2 || columns < 1 {
		panic(fmt.Sprintf("stats: series of %d slots of %s with %d columns, want at least 2, more than 0s and at least 1", slots, interval, columns))
	}
	return &Series{first: interval, interval: interval, slots: slots, columns: columns}
}

// Add counts n events at an offset since the start of the run. An offset below
// zero falls into the first slot. A column that the series does not have panics.
// It allocates only while the series grows to its bound.
func (s *Series) Add(offset time.Duration, column int, n int64) {
	if column < 0 || column >= s.columns {
		panic(fmt.Sprintf("stats: column %d of a series with %d", column, s.columns))
	}
	offset = max(0, offset)
	for offset/s.interval >= time.Duration(s.slots) {
		s.fold()
	}
	slot := int(offset / s.interval)
	s.grow(slot + 1)
	s.counts[slot*s.columns+column] += uint32(n)
}

// Widen doubles the interval until it is at least to, so that several series can
// be shown over the same slots.
func (s *Series) Widen(to time.Duration) {
	for s.interval < to && s.interval <= s.interval*2 {
		s.fold()
	}
}

// Merge adds the counts of from, which is left as it is, and takes over its
// interval if that is longer. The two must have been made alike; otherwise
// nothing is merged and the error says how they differ.
func (s *Series) Merge(from *Series) error {
	if s.first != from.first || s.slots != from.slots || s.columns != from.columns {
		return fmt.Errorf("series of %d slots from %s with %d columns does not merge with %d slots from %s with %d columns",
			s.slots, s.first, s.columns, from.slots, from.first, from.columns)
	}
	s.Widen(from.interval)
	ratio := int(s.interval / from.interval)
	s.grow((from.Len() + ratio - 1) / ratio)
	for i, n := range from.counts {
		slot, column := i/s.columns/ratio, i%s.columns
		s.counts[slot*s.columns+column] += n
	}
	return nil
}

// Interval is the present length of a slot.
func (s *Series) Interval() time.Duration { return s.interval }

// Columns is the number of counters in a slot.
func (s *Series) Columns() int { return s.columns }

// Len is the number of slots up to the last one with a count.
func (s *Series) Len() int { return len(s.counts) / s.columns }

// Column is a copy of one column, a count for each slot. A column that the series
// does not have panics.
func (s *Series) Column(column int) []int64 {
	if column < 0 || column >= s.columns {
		panic(fmt.Sprintf("stats: column %d of a series with %d", column, s.columns))
	}
	out := make([]int64, s.Len())
	for i := range out {
		out[i] = int64(s.counts[i*s.columns+column])
	}
	return out
}

// Total is the sum of one column.
func (s *Series) Total(column int) int64 {
	var total int64
	for _, n := range s.Column(column) {
		total += n
	}
	return total
}

// grow makes slots up to that many. It takes memory for a few more than are needed,
// not for twice as many: a long run has many series.
func (s *Series) grow(slots int) {
	if slots <= s.Len() {
		return
	}
	if need := slots * s.columns; need > cap(s.counts) {
		room := min(s.slots, max(slots, s.Len()+s.Len()/8+4))
		grown := make([]uint32, len(s.counts), room*s.columns)
		copy(grown, s.counts)
		s.counts = grown
	}
	used := len(s.counts)
	s.counts = s.counts[:slots*s.columns]
	clear(s.counts[used:])
}

// fold adds each odd slot to the even one before it.
func (s *Series) fold() {
	used := s.Len()
	for slot := range used {
		for column := range s.columns {
			n := s.counts[slot*s.columns+column]
			s.counts[slot*s.columns+column] = 0
			s.counts[slot/2*s.columns+column] += n
		}
	}
	s.counts = s.counts[:(used+1)/2*s.columns]
	s.interval *= 2
}

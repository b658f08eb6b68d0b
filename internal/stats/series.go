package stats

import (
	"encoding/binary"
	"fmt"
	"time"
)

// Series counts events over the course of a run in a bounded number of slots of
// equal length. When a run outgrows them, neighbouring slots are added together
// and the interval doubles, so memory stays the same whatever the run's length
// and no count is lost.
//
// A series has one or more columns that share their slots, such as requests,
// successes and failures. Of many columns few are used in any one slot, so only
// the slots that were counted in last are there in full: the others are packed.
type Series struct {
	first    time.Duration
	interval time.Duration
	slots    int
	columns  int

	// packed are all slots up to the last one with a count; those that are open
	// are empty here.
	packed []packedSlot
	// open are the slots that can be counted in, slot i in place i%openSlots.
	open    [openSlots]openSlot
	scratch []byte
}

// openSlots is how many slots are open at once: answers that come a few steps late
// open none again.
const openSlots = 4

// openSlot has a count for each column.
type openSlot struct {
	index  int // -1 for none
	counts []uint64
}

// packedSlot is, for each column with a count, the number of empty columns before
// it and the count, both as varints.
type packedSlot []byte

// NewSeries returns an empty series of columns counters with slots of the given
// interval, at most slots of them. It panics unless interval and columns are
// positive and slots at least 2.
func NewSeries(interval time.Duration, slots, columns int) *Series {
	if interval <= 0 || slots < 2 || columns < 1 {
		panic(fmt.Sprintf("stats: series of %d slots of %s with %d columns, want at least 2, more than 0s and at least 1", slots, interval, columns))
	}
	s := &Series{first: interval, interval: interval, slots: slots, columns: columns, packed: make([]packedSlot, 0, slots)}
	counts := make([]uint64, openSlots*columns)
	for i := range s.open {
		s.open[i] = openSlot{index: -1, counts: counts[i*columns:][:columns:columns]}
	}
	return s
}

// Add counts n events at an offset since the start of the run. An offset below
// zero falls into the first slot. A column that the series does not have panics.
// It allocates only when it closes a slot.
func (s *Series) Add(offset time.Duration, column int, n uint64) {
	offset = max(0, offset)
	for offset/s.interval >= time.Duration(s.slots) {
		s.fold()
	}
	s.at(int(offset / s.interval))[column] += n
}

// at returns the counts of a slot, which is open afterwards.
func (s *Series) at(slot int) []uint64 {
	o := &s.open[slot%openSlots]
	if o.index == slot {
		return o.counts
	}
	s.shut(o)
	o.index = slot
	for slot >= len(s.packed) {
		s.packed = append(s.packed, nil)
	}
	s.packed[slot].addTo(o.counts)
	s.packed[slot] = s.packed[slot][:0]
	return o.counts
}

// shut packs an open slot.
func (s *Series) shut(o *openSlot) {
	if o.index < 0 {
		return
	}
	s.scratch = appendPacked(s.scratch[:0], o.counts)
	// Not more memory than it takes: there will be hundreds.
	if p := s.packed[o.index]; cap(p) < len(s.scratch) {
		s.packed[o.index] = append(packedSlot(nil), s.scratch...)
	} else {
		s.packed[o.index] = append(p[:0], s.scratch...)
	}
	o.index = -1
	clear(o.counts)
}

func appendPacked(b []byte, counts []uint64) []byte {
	empty := uint64(0)
	for _, n := range counts {
		if n == 0 {
			empty++
			continue
		}
		b = binary.AppendUvarint(b, empty)
		b = binary.AppendUvarint(b, n)
		empty = 0
	}
	return b
}

// addTo adds what is packed to counts.
func (p packedSlot) addTo(counts []uint64) {
	for column := uint64(0); len(p) > 0; column++ {
		empty, some := binary.Uvarint(p)
		n, more := binary.Uvarint(p[some:])
		p = p[some+more:]
		column += empty
		counts[column] += n
	}
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
	for slot := range from.packed {
		from.AddTo(s.at(slot/ratio), slot)
	}
	return nil
}

// Interval is the present length of a slot.
func (s *Series) Interval() time.Duration { return s.interval }

// Len is the number of slots up to the last one with a count.
func (s *Series) Len() int { return len(s.packed) }

// AddTo adds the counts of a slot to those in into, which has one for each column.
// A slot from Len on panics.
func (s *Series) AddTo(into []uint64, slot int) {
	s.packed[slot].addTo(into)
	if o := &s.open[slot%openSlots]; o.index == slot {
		for column, n := range o.counts {
			into[column] += n
		}
	}
}

// fold adds each odd slot to the even one before it.
func (s *Series) fold() {
	for i := range s.open {
		s.shut(&s.open[i])
	}
	half := (len(s.packed) + 1) / 2
	counts := s.open[0].counts
	for slot := range half {
		s.AddTo(counts, 2*slot)
		if 2*slot+1 < len(s.packed) {
			s.AddTo(counts, 2*slot+1)
		}
		s.packed[slot] = appendPacked(s.packed[slot][:0], counts)
		clear(counts)
	}
	clear(s.packed[half:])
	s.packed = s.packed[:half]
	s.interval *= 2
}

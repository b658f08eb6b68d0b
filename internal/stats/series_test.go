package stats

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSeriesCountsIntoSlots(t *testing.T) {
	s := NewSeries(time.Second, 10, 2)
	s.Add(0, 0, 1)
	s.Add(999*time.Millisecond, 0, 1)
	s.Add(time.Second, 1, 5)
	s.Add(3500*time.Millisecond, 0, 2)
	s.Add(-time.Hour, 1, 1)
	checkColumn(t, s, 0, 2, 0, 0, 2)
	checkColumn(t, s, 1, 1, 5, 0, 0)
	if s.Interval() != time.Second || s.Len() != 4 {
		t.Errorf("interval %v, %d slots", s.Interval(), s.Len())
	}
}

func checkColumn(t *testing.T, s *Series, column int, want ...uint64) {
	t.Helper()
	var got []uint64
	for _, row := range rows(s) {
		got = append(got, row[column])
	}
	if !slices.Equal(got, want) {
		t.Errorf("column %d is %v, want %v", column, got, want)
	}
}

// rows are the counts of all slots.
func rows(s *Series) [][]uint64 {
	rows := make([][]uint64, s.Len())
	for slot := range rows {
		rows[slot] = make([]uint64, s.columns)
		s.AddTo(rows[slot], slot)
	}
	return rows
}

func total(s *Series, column int) uint64 {
	var total uint64
	for _, row := range rows(s) {
		total += row[column]
	}
	return total
}

// An answer that comes late is counted where it belongs, whatever was opened since.
func TestSeriesOpensASlotAgain(t *testing.T) {
	const slots, columns = 40, 7
	s := NewSeries(time.Second, slots, columns)
	want := make([][]uint64, slots)
	for i := range want {
		want[i] = make([]uint64, columns)
	}
	count := func(slot, column int, n uint64) {
		s.Add(time.Duration(slot)*time.Second, column, n)
		want[slot][column] += n
	}
	for i := range 10 * slots {
		count(i%slots, i%columns, uint64(i))
		count(i*i%slots, i%3, 1<<40)
		count(0, 6, 1)
	}
	if got := rows(s); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("counts are %v, want %v", got, want)
	}
}

func TestSeriesFoldsWhenItRunsOutOfSlots(t *testing.T) {
	s := NewSeries(time.Second, 4, 2)
	for i := range 4 {
		s.Add(time.Duration(i)*time.Second, 0, uint64(i+1))
		s.Add(time.Duration(i)*time.Second, 1, 10)
	}
	checkColumn(t, s, 0, 1, 2, 3, 4)
	s.Add(4*time.Second, 0, 5)
	checkColumn(t, s, 0, 3, 7, 5)
	checkColumn(t, s, 1, 20, 20, 0)
	if s.Interval() != 2*time.Second {
		t.Errorf("interval %v, want 2s", s.Interval())
	}
	s.Add(31*time.Second, 0, 6)
	checkColumn(t, s, 0, 15, 0, 0, 6)
	if s.Interval() != 8*time.Second {
		t.Errorf("interval %v, want 8s", s.Interval())
	}
}

func TestSeriesFoldsAnOddNumberOfSlots(t *testing.T) {
	s := NewSeries(time.Second, 3, 1)
	for i := range 4 {
		s.Add(time.Duration(i)*time.Second, 0, uint64(i+1))
	}
	checkColumn(t, s, 0, 3, 7)
}

func TestSeriesMemoryIsBoundedWhateverTheLength(t *testing.T) {
	s := NewSeries(time.Second, 100, 3)
	var want uint64
	for offset := time.Duration(1); offset > 0 && offset < math.MaxInt64/2; offset *= 2 {
		s.Add(offset, 2, 1)
		want++
	}
	s.Add(math.MaxInt64, 2, 1)
	if got := total(s, 2); got != want+1 {
		t.Errorf("total %d, want %d", got, want+1)
	}
	if cap(s.packed) > 100 {
		t.Errorf("room for %d slots, want at most 100", cap(s.packed))
	}
	for slot, p := range s.packed {
		if cap(p) > 3*2*binary.MaxVarintLen64 {
			t.Errorf("slot %d takes %d bytes", slot, cap(p))
		}
	}
}

func TestSeriesWidenLinesSeriesUp(t *testing.T) {
	s := NewSeries(time.Second, 100, 1)
	for i := range 6 {
		s.Add(time.Duration(i)*time.Second, 0, 1)
	}
	s.Widen(time.Second)
	if s.Interval() != time.Second {
		t.Errorf("interval %v, want it as it was", s.Interval())
	}
	s.Widen(3 * time.Second)
	if s.Interval() != 4*time.Second {
		t.Errorf("interval %v, want 4s", s.Interval())
	}
	checkColumn(t, s, 0, 4, 2)
	s.Widen(math.MaxInt64)
	checkColumn(t, s, 0, 6)
}

func TestSeriesMergeKeepsTheLongerInterval(t *testing.T) {
	long, short := NewSeries(time.Second, 4, 1), NewSeries(time.Second, 4, 1)
	long.Add(15*time.Second, 0, 1)
	for i := range 3 {
		short.Add(time.Duration(i)*time.Second, 0, 1)
	}
	if err := short.Merge(long); err != nil {
		t.Fatal(err)
	}
	checkColumn(t, short, 0, 3, 0, 0, 1)
	checkColumn(t, long, 0, 0, 0, 0, 1)
	if err := long.Merge(short); err != nil {
		t.Fatal(err)
	}
	checkColumn(t, long, 0, 3, 0, 0, 2)
}

func TestSeriesMergeRefusesAnotherMake(t *testing.T) {
	s := NewSeries(time.Second, 4, 1)
	for _, other := range []*Series{NewSeries(2*time.Second, 4, 1), NewSeries(time.Second, 5, 1), NewSeries(time.Second, 4, 2)} {
		other.Add(0, 0, 1)
		err := s.Merge(other)
		if err == nil || !strings.Contains(err.Error(), "series of 4 slots from 1s with 1 columns does not merge with") {
			t.Errorf("error = %v, want one that says how they differ", err)
		}
	}
	if s.Len() != 0 {
		t.Error("a refused merge counted something")
	}
}

func TestSeriesPanicsOnMisuse(t *testing.T) {
	for name, misuse := range map[string]func(){
		"no interval":   func() { NewSeries(0, 10, 1) },
		"a single slot": func() { NewSeries(1, 1, 1) },
		"no columns":    func() { NewSeries(1, 2, 0) },
	} {
		func() {
			defer func() {
				if msg, _ := recover().(string); !strings.HasPrefix(msg, "stats: ") {
					t.Errorf("%s: panicked with %q, want a message of this package", name, msg)
				}
			}()
			misuse()
		}()
	}
}

// FuzzSeriesMerge deals events out to parts: the merged parts are the whole.
func FuzzSeriesMerge(f *testing.F) {
	f.Add([]byte{}, uint8(2), uint8(1))
	f.Add([]byte{1, 0, 0, 0, 9, 0, 0, 0, 255, 255, 255, 255}, uint8(3), uint8(4))
	f.Add(slices.Repeat([]byte{1, 2, 0, 0, 9, 200, 1, 0}, 20), uint8(2), uint8(9))
	f.Fuzz(func(t *testing.T, data []byte, parts, slots uint8) {
		fresh := func() *Series { return NewSeries(time.Millisecond, int(slots)+2, 2) }
		n := int(parts%5) + 1
		whole, pieces := fresh(), make([]*Series, n)
		for i := range pieces {
			pieces[i] = fresh()
		}
		var sum uint64
		for i := 0; len(data) >= 4; i++ {
			v := binary.LittleEndian.Uint32(data)
			data = data[4:]
			offset, column, count := time.Duration(v)*1000, int(v&1), uint64(v%5)
			whole.Add(offset, column, count)
			pieces[i*i%n].Add(offset, column, count)
			sum += count
		}
		merged := fresh()
		for i := range pieces {
			if err := merged.Merge(pieces[n-1-i]); err != nil {
				t.Fatal(err)
			}
		}
		if merged.Interval() != whole.Interval() || !slices.EqualFunc(rows(merged), rows(whole), slices.Equal) {
			t.Fatalf("merged %v by %v, whole %v by %v", rows(merged), merged.Interval(), rows(whole), whole.Interval())
		}
		if got := total(merged, 0) + total(merged, 1); got != sum {
			t.Fatalf("total %d, want %d", got, sum)
		}
	})
}

func BenchmarkSeriesAdd(b *testing.B) {
	s, at := NewSeries(time.Second, 512, 4), time.Duration(0)
	b.ReportAllocs()
	for b.Loop() {
		at += time.Millisecond
		s.Add(at, 2, 1)
	}
}

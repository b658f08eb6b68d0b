package throttle

import (
	"slices"
	"time"
)

// Row is one line of a published timetable: when one device sent a request, and
// whether it was admitted.
type Row struct {
	// Offset is the time since the device's first request.
	Offset time.Duration
	// Admitted is false where the table shows a 429.
	Admitted bool
}

const tenth = 100 * time.Millisecond

var timetable = []Row{
	{0 * tenth, true},
	{3 * tenth, true},
	{6 * tenth, true},
	{9 * tenth, true},
	{12 * tenth, true},
	{13 * tenth, true},
	{14 * tenth, true},
	{15 * tenth, true},
	{16 * tenth, true},
	{17 * tenth, true},
	{18 * tenth, true},
	{21 * tenth, true},
	{22 * tenth, true},
	{24 * tenth, false},
	{26 * tenth, false},
	{28 * tenth, false},
	{31 * tenth, true},
}

var timetableBurst3 = []Row{
	{0 * tenth, true},
	{3 * tenth, true},
	{6 * tenth, true},
	{9 * tenth, true},
	{12 * tenth, true},
	{14 * tenth, false},
	{16 * tenth, false},
	{18 * tenth, false},
	{21 * tenth, true},
}

// Timetable returns the 17 rows of the throttling page for DocumentedLimits. The
// caller may change the slice.
func Timetable() []Row { return slices.Clone(timetable) }

// TimetableBurst3 returns the 9 rows that the page showed before 2024-10-15,
// when the burst was 3. The caller may change the slice.
func TimetableBurst3() []Row { return slices.Clone(timetableBurst3) }

// Replay sends the requests of rows to a fresh model, the first offset at start,
// and returns the rows that the model decides otherwise, as published.
func Replay(m Model, start time.Time, rows []Row) []Row {
	var differ []Row
	for _, row := range rows {
		if m.Allow(start.Add(row.Offset)) != row.Admitted {
			differ = append(differ, row)
		}
	}
	return differ
}

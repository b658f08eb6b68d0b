// Package recording reads recorded traffic, HAR files of browsers and proxies
// and this project's own NDJSON, as a stream of redacted exchanges.
//
// A file is never held as a whole: memory depends on its largest entry alone.
// Secrets are replaced before an exchange leaves the package, by their kind and
// eight digits of a keyed hash. What is not Adobe Pass traffic is counted and
// passed over.
//
// The package is pure: it reads from an io.Reader and knows no clock.
package recording

import (
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/record"
)

// Options say how a recording is read. The zero Options work.
type Options struct {
	// Key is the key of the hashes that stand for secrets. Recordings that
	// continue each other need the same one.
	Key []byte
	// First is the number before that of the first entry: the entries of the
	// recordings that came before.
	First uint64
	// MaxEntry bounds one entry, in bytes; a longer one is counted and passed
	// over. 0 stands for DefaultMaxEntry.
	MaxEntry int
}

// DefaultMaxEntry bounds one entry.
const DefaultMaxEntry = 16 << 20

// Emit takes an exchange. It is valid during the call alone.
type Emit func(*record.Exchange, audit.Setting)

// Account says what was in a recording.
type Account struct {
	// Entries counts all entries, Exchanges those that were handed on.
	Entries, Exchanges uint64
	// Foreign counts entries that are no Adobe Pass traffic, Preflights the
	// browser's OPTIONS requests among the Adobe Pass traffic.
	Foreign, Preflights uint64
	// Malformed counts entries that cannot be understood, Oversized those beyond
	// MaxEntry.
	Malformed, Oversized uint64
	// Zoneless counts entries whose times name no zone; they are read as UTC.
	Zoneless uint64
	// Bytes is the length of what was read.
	Bytes int64
	// Truncated reports that the file ends before its end.
	Truncated bool
	// Creator is the program that wrote the file, as far as it says so.
	Creator string
}

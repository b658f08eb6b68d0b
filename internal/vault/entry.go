package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"strings"
	"time"
)

// Entry is what one device keeps between launches. However it is printed or
// logged, its secrets do not show.
type Entry struct {
	// ClientID and ClientSecret are the credentials from registration.
	ClientID, ClientSecret string
	// AccessToken is the last token, empty for none.
	AccessToken string
	// TokenIssued is when the token arrived and TokenExpires when it ends; zero
	// when not known.
	TokenIssued, TokenExpires time.Time
}

// String says which of the parts are there, and nothing of what they are.
func (e Entry) String() string {
	parts := make([]string, 0, 2)
	if e.ClientID != "" || e.ClientSecret != "" {
		parts = append(parts, "credentials")
	}
	if e.AccessToken != "" {
		parts = append(parts, "token"+when(" until ", e.TokenExpires))
	}
	if len(parts) == 0 {
		return "vault.Entry{nothing}"
	}
	return "vault.Entry{" + strings.Join(parts, ", ") + "}"
}

func when(before string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return before + t.UTC().Format(time.RFC3339)
}

// GoString is [Entry.String].
func (e Entry) GoString() string { return e.String() }

// Format prints [Entry.String] for every verb: %d and the like would otherwise
// go around it.
func (e Entry) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.String()) }

// LogValue is [Entry.String] for log/slog.
func (e Entry) LogValue() slog.Value { return slog.StringValue(e.String()) }

// MarshalText is [Entry.String]: an entry inside a JSON document, say, shows
// no secret either.
func (e Entry) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// An entry is stored as a version byte, a flag byte, the present times as
// varint seconds and uvarint nanoseconds, the three texts with uvarint lengths
// before them, and a CRC-32C of the device's name and all that, big-endian: a
// damaged name would otherwise hand one device's credentials to another.
const (
	entryVersion = 1
	hasIssued    = 1 << 0
	hasExpires   = 1 << 1
	maxText      = 1 << 20
)

var (
	castagnoli    = crc32.MakeTable(crc32.Castagnoli)
	errEntry      = errors.New("the entry is unreadable")
	errNewerEntry = errors.New("the entry was written by a newer version")
)

func encodeEntry(device string, e Entry) ([]byte, error) {
	texts := [...]string{e.ClientID, e.ClientSecret, e.AccessToken}
	size := 32
	for _, text := range texts {
		if len(text) > maxText {
			return nil, fmt.Errorf("a credential or token of %d bytes is too long to store, want at most %d", len(text), maxText)
		}
		size += 3 + len(text)
	}
	b := append(make([]byte, 0, size), entryVersion, 0)
	b = appendTime(b, e.TokenIssued, hasIssued)
	b = appendTime(b, e.TokenExpires, hasExpires)
	for _, text := range texts {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return binary.BigEndian.AppendUint32(b, checksum(device, b)), nil
}

func appendTime(b []byte, t time.Time, flag byte) []byte {
	if t.IsZero() {
		return b
	}
	b[1] |= flag
	b = binary.AppendVarint(b, t.Unix())
	return binary.AppendUvarint(b, uint64(t.Nanosecond()))
}

func checksum(device string, body []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte(device), castagnoli), castagnoli, body)
}

func decodeEntry(device string, b []byte) (Entry, error) {
	if len(b) > 0 && b[0] > entryVersion {
		return Entry{}, errNewerEntry
	}
	body := len(b) - crc32.Size
	if body < 2 || b[0] != entryVersion || checksum(device, b[:body]) != binary.BigEndian.Uint32(b[body:]) {
		return Entry{}, errEntry
	}
	r := reader{rest: b[2:body]}
	flags := b[1]
	e := Entry{TokenIssued: r.time(flags & hasIssued), TokenExpires: r.time(flags & hasExpires)}
	e.ClientID, e.ClientSecret, e.AccessToken = r.text(), r.text(), r.text()
	if r.bad || len(r.rest) > 0 || flags&^(hasIssued|hasExpires) != 0 {
		return Entry{}, errEntry
	}
	return e, nil
}

// reader takes an entry's parts off the front of rest; bad stays set.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) time(present byte) time.Time {
	if present == 0 {
		return time.Time{}
	}
	seconds, nanoseconds := r.varint(), r.uvarint()
	if nanoseconds >= uint64(time.Second) {
		r.bad = true
		return time.Time{}
	}
	return time.Unix(seconds, int64(nanoseconds)).UTC()
}

func (r *reader) text() string {
	n := r.uvarint()
	if n > maxText || n > uint64(len(r.rest)) {
		r.bad = true
		return ""
	}
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	return text
}

package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// Read reads a recording, whichever of the known formats it has, and hands every
// exchange of Adobe Pass traffic to emit, in the order of the file. A file that
// breaks off is judged as far as it goes, and the Account says so; the error is
// for a file that is no recording at all, and for the reader's own.
func Read(r io.Reader, o Options, emit Emit) (Account, error) {
	if o.MaxEntry <= 0 {
		o.MaxEntry = DefaultMaxEntry
	}
	p := &parser{scanner: newScanner(r), options: o, emit: emit, hosts: map[string]bool{}, redactor: newRedactor(o.Key)}
	p.skipMark()
	var err error
	if p.isNDJSON() {
		err = p.lines()
	} else {
		err = p.archive()
	}
	p.account.Bytes = p.read
	if errors.Is(err, errEnd) && p.account.Entries > 0 {
		p.account.Truncated = true
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("byte %d: %w", p.read-int64(p.n-p.at), err)
	}
	return p.account, err
}

// parser reads one recording.
type parser struct {
	*scanner
	options  Options
	emit     Emit
	account  Account
	redactor *redactor
	entry    []byte
	doc      jsondoc.Doc
	builder  builder
	// hosts are those that registrations and token requests went to.
	hosts map[string]bool
}

// skipMark passes over a byte order mark.
func (p *parser) skipMark() {
	if p.peek() != 0 && bytes.HasPrefix(p.chunk[p.at:p.n], []byte("\xef\xbb\xbf")) {
		p.at += 3
	}
}

var errNoArchive = errors.New("neither an HTTP Archive nor a log of this program: there is no log with entries")

// archive reads {"log": {"entries": [ … ]}}.
func (p *parser) archive() error {
	found := false
	err := p.object(func(name string) error {
		if name != "log" {
			return p.skip()
		}
		return p.object(func(name string) error {
			switch {
			case name == "entries":
				found = true
				return p.entries()
			case name == "creator":
				return p.creator()
			}
			return p.skip()
		})
	})
	switch {
	case err != nil:
		return err
	case !found:
		return errNoArchive
	}
	return nil
}

// object walks over the members of an object; member takes the value.
func (p *parser) object(member func(name string) error) error {
	if !p.take('{') {
		return p.want()
	}
	for first := true; ; first = false {
		if p.take('}') {
			return nil
		}
		if !first && !p.take(',') {
			return p.want()
		}
		if p.peek() != '"' {
			return p.want()
		}
		name, _, err := p.value(nil, 64)
		if err != nil {
			return err
		}
		if !p.take(':') {
			return p.want()
		}
		if err := member(string(bytes.Trim(name, `"`))); err != nil {
			return err
		}
	}
}

// want is the error of something else than was wanted.
func (p *parser) want() error {
	if p.peek() == 0 && p.ended() {
		return p.fault()
	}
	if p.account.Entries == 0 {
		return errNoArchive
	}
	return errSyntax
}

func (p *parser) skip() error {
	_, _, err := p.value(p.entry[:0], 0)
	return err
}

func (p *parser) creator() error {
	raw, _, err := p.value(nil, 4096)
	if err != nil {
		return err
	}
	if p.doc.Parse(raw) == nil {
		p.account.Creator = plain(p.doc.Root().Get("name").Text())
	}
	return nil
}

// plain keeps the characters of a product's name.
func plain(s string) string {
	b := []byte(s[:min(len(s), 40)])
	for i, c := range b {
		if c != ' ' && c != '.' && c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			b[i] = '?'
		}
	}
	return string(b)
}

func (p *parser) entries() error {
	if !p.take('[') {
		return p.want()
	}
	for first := true; ; first = false {
		if p.take(']') {
			return nil
		}
		if !first && !p.take(',') {
			return p.want()
		}
		raw, whole, err := p.value(p.entry[:0], p.options.MaxEntry)
		if err != nil {
			return err
		}
		p.entry = raw
		p.account.Entries++
		switch {
		case !whole:
			p.account.Oversized++
		case !promising(raw):
			p.account.Foreign++
		default:
			p.harEntry(raw)
		}
		if cap(p.entry) > 1<<20 {
			p.entry = nil // one large entry is no reason to keep its memory
		}
	}
}

// needles are parts of the URLs of Adobe Pass traffic, as they may be written.
var needles = [][]byte{[]byte("/o/client/"), []byte("/api/v2/"), []byte("/api/v1/"), []byte("/reggie/"), []byte("/adobe-services/"), []byte(`\/`)}

// promising reports whether an entry may be Adobe Pass traffic.
func promising(raw []byte) bool {
	for _, needle := range needles {
		if bytes.Contains(raw, needle) {
			return true
		}
	}
	return false
}

// Package jsondoc reads small JSON documents, the answers of a service, into
// one flat array of nodes that is reused from answer to answer: once warm,
// parsing and looking things up allocate nothing.
//
// The syntax is RFC 8259 taken strictly: no trailing commas, no NaN, one value
// and white space to the end, valid UTF-8 inside strings. Documents that nest
// deeper than [MaxDepth] or have more than [MaxNodes] nodes are refused, so
// hostile input costs bounded memory and stack.
//
// The package is pure: it does no I/O, and its errors never carry content.
package jsondoc

import (
	"bytes"
	"errors"
	"fmt"
)

// Limits of one document; going past one is an [ErrLimit].
const (
	// MaxDepth is how many arrays and objects may enclose each other.
	MaxDepth = 64
	// MaxNodes is how many nodes a document may have: each value is one, each
	// member name another.
	MaxNodes = 20_000
	// MaxBytes is the longest document, in bytes.
	MaxBytes = 1 << 30
)

// ErrLimit is wrapped by the errors of documents that are refused for their
// depth, their number of nodes or their length rather than for their syntax.
var ErrLimit = errors.New("json limit exceeded")

// Error says where a document stopped being acceptable and what should have
// stood there. It never quotes the document, which may hold secrets.
type Error struct {
	// Offset counts the bytes before the offending one.
	Offset int
	// Want names what was expected at Offset.
	Want  string
	limit bool
}

// Error implements the error interface.
func (e *Error) Error() string {
	if e.limit {
		return fmt.Sprintf("json at byte %d: limit exceeded: want %s", e.Offset, e.Want)
	}
	return fmt.Sprintf("json at byte %d: want %s", e.Offset, e.Want)
}

// Unwrap returns [ErrLimit] for a broken limit and nil for broken syntax.
func (e *Error) Unwrap() error {
	if e.limit {
		return ErrLimit
	}
	return nil
}

// Doc is a parsed document and the memory for the next one. The zero Doc is
// empty and ready for [Doc.Parse]. A Doc belongs to one goroutine at a time.
type Doc struct {
	// Recurring has the Doc keep its text: to parse the same text again takes no
	// more than comparing it, and leaves the nodes as they are.
	Recurring bool
	kept      []byte

	src   []byte
	nodes []node
	// generation makes handles into earlier documents Absent.
	generation uint32
	keys       []int32
	text       [2][]byte
}

// node is one value or member name. The children of a container follow it:
// the elements of an array, the names and values of an object in turn.
type node struct {
	kind    Kind
	escaped bool
	// start and end bound the raw text in the source.
	start, end int32
	// next is the index after the last node of this subtree.
	next int32
	// count is the number of elements or members.
	count int32
}

// Parse reads b, which replaces whatever the Doc held before; nodes of the
// earlier document become Absent. The Doc refers to b until the next Parse or
// Reset, and b must not change in that time; a Recurring one has a copy. A failed
// Parse leaves the Doc empty and returns an [*Error].
func (d *Doc) Parse(b []byte) error {
	if d.Recurring {
		if len(d.nodes) > 0 && bytes.Equal(b, d.kept) {
			return nil
		}
		d.kept = append(d.kept[:0], b...)
		b = d.kept
	}
	d.Reset()
	p := parser{src: b, nodes: d.nodes}
	ok := p.document()
	d.nodes = p.nodes
	if !ok {
		d.nodes = d.nodes[:0]
		return &Error{Offset: p.at, Want: p.want, limit: p.limit}
	}
	d.src = b
	return nil
}

// Reset empties the Doc and lets go of the bytes it was parsed from, keeping
// its own memory for the next document.
func (d *Doc) Reset() {
	d.src = nil
	d.nodes = d.nodes[:0]
	d.generation++
}

// Root returns the document's value, or an Absent node when the Doc is empty.
func (d *Doc) Root() Node {
	if d == nil || len(d.nodes) == 0 {
		return Node{}
	}
	return d.node(0)
}

func (d *Doc) node(index int32) Node {
	return Node{doc: d, index: index, generation: d.generation}
}

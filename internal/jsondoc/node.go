package jsondoc

import (
	"bytes"
	"iter"
)

// Kind says what a node is.
type Kind uint8

// The kinds of nodes. Absent is the zero value: the kind of a member that is
// not there, and of every node looked up below it.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

var kindNames = [...]string{"absent", "null", "boolean", "number", "string", "array", "object"}

// String names the kind as a person would: "absent", "null", "boolean" …
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Node is a handle on one value of a [Doc]: cheap to copy, valid until the Doc
// is parsed into or reset, and Absent from then on. The zero Node is Absent,
// and every method is safe on it.
type Node struct {
	doc        *Doc
	index      int32
	generation uint32
}

// get returns the node's record, or nil when the handle is zero or stale.
func (n Node) get() *node {
	if n.doc == nil || n.generation != n.doc.generation || int(n.index) >= len(n.doc.nodes) {
		return nil
	}
	return &n.doc.nodes[n.index]
}

// of returns the record when it is of the given kind, else nil.
func (n Node) of(kind Kind) *node {
	if r := n.get(); r != nil && r.kind == kind {
		return r
	}
	return nil
}

// Kind returns what the node is.
func (n Node) Kind() Kind {
	if r := n.get(); r != nil {
		return r.kind
	}
	return Absent
}

// Len returns the number of an array's elements or an object's members, where
// members of the same name count each; it is 0 for everything else.
func (n Node) Len() int {
	if r := n.get(); r != nil {
		return int(r.count)
	}
	return 0
}

// Get returns the object's member of that name, compared exactly and after
// unescaping. When the name is there more than once the last one counts, as
// in encoding/json. A missing member, and any member of something that is not
// an object, is Absent.
func (n Node) Get(name string) Node {
	r := n.of(Object)
	if r == nil {
		return Node{}
	}
	d, found := n.doc, int32(0)
	nodes, quoted := d.nodes, int32(len(name)+len(`""`))
	for i, end := n.index+1, r.next; i < end; i = nodes[i+1].next {
		member := &nodes[i]
		if (member.end-member.start == quoted || member.escaped) && d.textEquals(member, name) {
			found = i + 1
		}
	}
	if found == 0 {
		return Node{}
	}
	return n.at(found)
}

// Members iterates over an object's member names, which are strings, and their
// values, in the document's order. It is empty for everything else.
func (n Node) Members() iter.Seq2[Node, Node] {
	return func(yield func(name, value Node) bool) {
		r := n.of(Object)
		if r == nil {
			return
		}
		for i, end := n.index+1, r.next; i < end; {
			value := n.at(i + 1)
			record := value.get()
			if record == nil {
				return
			}
			next := record.next
			if !yield(n.at(i), value) {
				return
			}
			i = next
		}
	}
}

// Elements iterates over an array's elements in order. It is empty for
// everything else.
func (n Node) Elements() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		r := n.of(Array)
		if r == nil {
			return
		}
		for i, end := n.index+1, r.next; i < end; {
			element := n.at(i)
			record := element.get()
			if record == nil {
				return
			}
			next := record.next
			if !yield(element) {
				return
			}
			i = next
		}
	}
}

// at is a sibling handle: stale whenever n is.
func (n Node) at(index int32) Node {
	return Node{doc: n.doc, index: index, generation: n.generation}
}

// Bool returns the value of true or false; ok is false for everything else.
func (n Node) Bool() (value, ok bool) {
	r := n.of(Bool)
	if r == nil {
		return false, false
	}
	return n.doc.src[r.start] == 't', true
}

// Text returns a string's text, unescaped, in memory of its own; it is empty
// for everything else. Each lone surrogate escape reads as U+FFFD.
func (n Node) Text() string {
	r := n.of(String)
	if r == nil {
		return ""
	}
	raw := n.doc.inner(r)
	if !r.escaped {
		return string(raw)
	}
	return string(appendUnescaped(make([]byte, 0, len(raw)), raw))
}

// AppendText appends what [Node.Text] returns to dst.
func (n Node) AppendText(dst []byte) []byte {
	r := n.of(String)
	if r == nil {
		return dst
	}
	if !r.escaped {
		return append(dst, n.doc.inner(r)...)
	}
	return appendUnescaped(dst, n.doc.inner(r))
}

// TextEquals reports whether the node is a string with exactly that text. It
// never allocates.
func (n Node) TextEquals(text string) bool {
	r := n.of(String)
	return r != nil && n.doc.textEquals(r, text)
}

// textEquals is TextEquals of a record that is a string.
func (d *Doc) textEquals(r *node, text string) bool {
	if !r.escaped {
		return int(r.end-r.start) == len(text)+2 && string(d.inner(r)) == text
	}
	return equalUnescaped(d.inner(r), text)
}

// Raw returns the node's own piece of the document, with quotes and brackets,
// or nil when it is Absent. It shares the document's memory: do not change it.
func (n Node) Raw() []byte {
	r := n.get()
	if r == nil {
		return nil
	}
	return n.doc.src[r.start:r.end:r.end]
}

// inner returns the raw text between a string's quotes.
func (d *Doc) inner(r *node) []byte { return d.src[r.start+1 : r.end-1] }

// compareText orders two string nodes by their unescaped text.
func (d *Doc) compareText(a, b int32) int {
	x, y := &d.nodes[a], &d.nodes[b]
	if !x.escaped && !y.escaped {
		return bytes.Compare(d.inner(x), d.inner(y))
	}
	d.text[0] = d.node(a).AppendText(d.text[0][:0])
	d.text[1] = d.node(b).AppendText(d.text[1][:0])
	return bytes.Compare(d.text[0], d.text[1])
}

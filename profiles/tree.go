package profiles

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a file. They are far above what a person writes, and keep a hostile
// file from costing more than its size.
const (
	// maxFile is the largest file, in bytes.
	maxFile = 1 << 20
	// maxLines is the largest number of lines, and maxColons that of colons,
	// which bounds the keys: the YAML parser's time grows with their square.
	maxLines  = 20_000
	maxColons = 20_000
	// maxLine is the longest line, in bytes.
	maxLine = 16 << 10
	// maxDepth is the deepest nesting of maps and lists.
	maxDepth = 32
)

type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindText
	kindMap
	kindList
)

var kindNames = [...]string{"nothing", "true or false", "a number", "text", "a map", "a list"}

// node is one value of a file with its place: what is left of YAML once
// anchors, aliases, tags and merge keys are refused.
type node struct {
	kind         kind
	line, column int
	// text is a scalar as it stands in the file, without quotes.
	text string
	// keys are a map's keys in file order, each with the place of the key;
	// items are the values of a map or list.
	keys  []*node
	items []*node
}

// get returns the value of a map's key, or nil.
func (n *node) get(key string) *node {
	if n == nil || n.kind != kindMap {
		return nil
	}
	for i, k := range n.keys {
		if k.text == key {
			return n.items[i]
		}
	}
	return nil
}

// find returns the value at a path of keys, or the nearest value above it: the
// best place to show for something that may be missing.
func (n *node) find(path ...string) *node {
	for _, key := range path {
		next := n.get(key)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// parseTree reads one YAML document. Problems go to d; the tree is nil when it
// cannot be used at all.
func parseTree(d *decoder, src []byte) *node {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if !acceptable(d, src) {
		return nil
	}
	file, err := parseYAML(src)
	if err != nil {
		d.syntax(err)
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc == nil || doc.Body == nil {
			continue
		}
		if body != nil {
			d.report(placeOf(doc.Body), "", "a second document begins here", "keep to one document in a file")
			return nil
		}
		body = doc.Body
	}
	if body == nil {
		d.report(&node{line: 1, column: 1}, "", "the file is empty", "give it profiles, a fleet or fleets")
		return nil
	}
	c := converter{d: d}
	return c.convert(body, 0)
}

// acceptable checks what has to be checked before the file may reach the YAML
// parser, which recurses as deep as the file nests.
func acceptable(d *decoder, src []byte) bool {
	start := &node{line: 1, column: 1}
	if len(src) > maxFile {
		d.report(start, "", fmt.Sprintf("the file has %d bytes", len(src)), fmt.Sprintf("keep it to %d", maxFile))
		return false
	}
	if !utf8.Valid(src) {
		d.report(start, "", "the file is not UTF-8", "save it as UTF-8")
		return false
	}
	line, column, depth, colons := 1, 0, 0, 0
	for _, c := range src {
		column++
		switch c {
		case '\n':
			line, column = line+1, 0
		case ':':
			colons++
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		case 0:
			d.report(&node{line: line, column: column}, "", "the file holds a zero byte", "save it as plain text")
			return false
		}
		if line > maxLines || colons > maxColons {
			d.report(&node{line: line, column: 1}, "", "the file is too long",
				fmt.Sprintf("keep it to %d lines and %d keys, and split it up", maxLines, maxColons))
			return false
		}
		if column > maxLine {
			d.report(&node{line: line, column: 1}, "", "the line is too long", fmt.Sprintf("keep it to %d bytes", maxLine))
			return false
		}
		if depth > 4*maxDepth {
			d.report(&node{line: line, column: column}, "", "brackets nest too deep", fmt.Sprintf("nest at most %d levels", maxDepth))
			return false
		}
	}
	return true
}

// parseYAML runs the YAML parser. The parser has been known to panic on broken
// documents; a file that users write must not end the program, so a panic
// becomes an error here, the one place that knows where it came from.
func parseYAML(src []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			file, err = nil, errors.New("the file is not valid YAML")
		}
	}()
	// Duplicate keys are found below: the parser's own search is quadratic.
	return parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
}

// syntax reports an error of the YAML parser.
func (d *decoder) syntax(err error) {
	place := &node{line: 1, column: 1}
	reason := "is not valid YAML"
	var located yaml.Error
	if errors.As(err, &located) {
		reason += ": " + located.GetMessage()
		if tk := located.GetToken(); tk != nil {
			place = placeOfToken(tk)
		}
	}
	d.report(place, "", "the file "+reason, "check indentation, quotes and colons")
}

func placeOf(n ast.Node) *node {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		return placeOf(m.Values[0].Key)
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		return placeOf(m.Key)
	}
	return placeOfToken(n.GetToken())
}

func placeOfToken(tk *token.Token) *node {
	if tk == nil || tk.Position == nil {
		return &node{line: 1, column: 1}
	}
	return &node{line: max(1, tk.Position.Line), column: max(1, tk.Position.Column)}
}

// converter turns the parser's tree into nodes.
type converter struct{ d *decoder }

func (c *converter) convert(in ast.Node, depth int) *node {
	if in == nil {
		return &node{line: 1, column: 1}
	}
	out := placeOf(in)
	if depth > maxDepth {
		c.d.report(out, "", "values nest too deep", fmt.Sprintf("nest at most %d levels", maxDepth))
		return out
	}
	switch v := in.(type) {
	case *ast.NullNode:
	case *ast.BoolNode:
		out.kind, out.text = kindBool, v.Token.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		out.kind, out.text = kindNumber, v.GetToken().Value
	case *ast.StringNode:
		out.kind, out.text = kindText, v.Value
	case *ast.LiteralNode:
		out.kind = kindText
		if v.Value != nil {
			out.text = v.Value.Value
		}
	case *ast.SequenceNode:
		out.kind = kindList
		for _, item := range v.Values {
			out.items = append(out.items, c.convert(item, depth+1))
		}
	case *ast.MappingNode:
		c.mapping(out, v.Values, depth)
	case *ast.MappingValueNode:
		c.mapping(out, []*ast.MappingValueNode{v}, depth)
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		c.d.report(out, "", "anchors and aliases are not read", "write the value out, or use extends")
	default:
		c.d.report(out, "", "tags and directives are not read", "write plain YAML")
	}
	return out
}

func (c *converter) mapping(out *node, values []*ast.MappingValueNode, depth int) {
	out.kind = kindMap
	seen := make(map[string]bool, len(values))
	for _, value := range values {
		key := placeOf(value.Key)
		if !c.key(key, value.Key) {
			continue
		}
		if seen[key.text] {
			c.d.reportValue(key, "", key.text, "stands here for the second time", "keep one of the two")
			continue
		}
		seen[key.text] = true
		item := c.convert(value.Value, depth+1)
		if item.kind == kindNull {
			// An empty value has no place of its own.
			item.line, item.column = key.line, key.column
		}
		out.keys = append(out.keys, key)
		out.items = append(out.items, item)
	}
}

// key fills in a map key and reports whether it can be used.
func (c *converter) key(out *node, in ast.MapKeyNode) bool {
	switch k := in.(type) {
	case *ast.StringNode:
		out.kind, out.text = kindText, k.Value
		return true
	case *ast.MergeKeyNode:
		c.d.report(out, "", "merge keys are not read", "write the values out, or use extends")
	case *ast.AnchorNode, *ast.AliasNode:
		c.d.report(out, "", "anchors and aliases are not read", "write the key out")
	default:
		c.d.report(out, "", "the key is not a word", "use a name for the key")
	}
	return false
}

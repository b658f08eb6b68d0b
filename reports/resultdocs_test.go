package reports

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

const resultHead = `# The result document

Written by ` + "`go test ./reports -run Docs -update`" + ` from
[reports/result.schema.json](../reports/result.schema.json), which editors and
validators can use. Every command leaves it as ` + "`result.json`" + `, and ` + "`--format json`" + `
puts it on standard output.

Members may be added under the version ` + "`dcrbench.result/v1`" + `; none is renamed,
removed or given another unit. Units are in the names: ` + "`_us`, `_ms` and `_s`" + ` are
microseconds, milliseconds and seconds. A ratio is from 0 to 1. Lists and maps are
empty rather than null.

A threshold such as ` + "`endpoints.token.latency_us.p99<500ms`" + ` names a figure by the
members on the way to it, joined by dots; the elements of ` + "`endpoints` and `profiles`" + ` go
by their names there. In this table ` + "`[]`" + ` stands for the elements of a list and ` + "`{}`" + `
for the values of a map. Endpoints look alike wherever they occur, as do the
figures of a profile.

| Member | Type | Meaning |
|---|---|---|
`

func TestDocsOfTheResultAreAsTheSchema(t *testing.T) {
	var schema yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(ResultSchema, &schema, yaml.UseOrderedMap()); err != nil {
		t.Fatal(err)
	}
	m := &members{root: schema, seen: map[string]string{}}
	m.describe("", schema)
	if m.rows < 100 {
		t.Errorf("%d members: the schema was not read", m.rows)
	}
	const path = "../docs/result.md"
	want := resultHead + m.out.String()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("%s is out of date; go test ./reports -run Docs -update writes it:\n%s", path, diff)
	}
}

// members writes the members of a schema as rows of a table.
type members struct {
	root yaml.MapSlice
	out  strings.Builder
	rows int
	// seen are the definitions that have been described, by where.
	seen map[string]string
}

func lookup(m yaml.MapSlice, key string) any {
	for _, item := range m {
		if item.Key == key {
			return item.Value
		}
	}
	return nil
}

// describe lists the members of an object schema below path.
func (m *members) describe(path string, schema yaml.MapSlice) {
	properties, _ := lookup(schema, "properties").(yaml.MapSlice)
	for _, p := range properties {
		m.member(strings.TrimPrefix(path+"."+fmt.Sprint(p.Key), "."), p.Value.(yaml.MapSlice))
	}
}

func (m *members) member(path string, schema yaml.MapSlice) {
	schema, definition := m.resolve(schema)
	text := fmt.Sprint(lookup(schema, "description"))
	where, again := m.seen[definition]
	again = again && definition != ""
	if again {
		text += " Members as of `" + where + "`."
	}
	m.rows++
	fmt.Fprintf(&m.out, "| `%s` | %s | %s |\n", path, typeOf(schema), strings.ReplaceAll(text, "|", `\|`))
	if again {
		return
	}
	if definition != "" {
		m.seen[definition] = path
	}
	m.describe(path, schema)
	for key, mark := range map[string]string{"items": "[]", "additionalProperties": "{}"} {
		if inner, ok := lookup(schema, key).(yaml.MapSlice); ok {
			m.inside(path+mark, inner)
		}
	}
}

// inside goes on with the elements of a list or a map.
func (m *members) inside(path string, schema yaml.MapSlice) {
	schema, definition := m.resolve(schema)
	if lookup(schema, "properties") == nil {
		return
	}
	if where, ok := m.seen[definition]; ok && definition != "" {
		m.rows++
		fmt.Fprintf(&m.out, "| `%s` | object | Members as of `%s`. |\n", path, where)
		return
	}
	if definition != "" {
		m.seen[definition] = path
	}
	m.describe(path, schema)
}

// resolve follows a reference within the schema; a description beside it stays.
func (m *members) resolve(schema yaml.MapSlice) (yaml.MapSlice, string) {
	ref, _ := lookup(schema, "$ref").(string)
	if ref == "" {
		return schema, ""
	}
	at := m.root
	for _, key := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		at = lookup(at, key).(yaml.MapSlice)
	}
	if text := lookup(schema, "description"); text != nil {
		at = append(yaml.MapSlice{{Key: "description", Value: text}}, at...)
	}
	return at, ref
}

func typeOf(schema yaml.MapSlice) string {
	if values, ok := lookup(schema, "enum").([]any); ok {
		var words []string
		for _, v := range values {
			words = append(words, fmt.Sprintf("`%v`", v))
		}
		return "one of " + strings.Join(words, ", ")
	}
	switch v := lookup(schema, "type").(type) {
	case string:
		return v
	case []any:
		var words []string
		for _, w := range v {
			words = append(words, fmt.Sprint(w))
		}
		slices.Sort(words)
		return strings.Join(words, " or ")
	}
	if v := lookup(schema, "const"); v != nil {
		return fmt.Sprintf("`%v`", v)
	}
	return "any"
}

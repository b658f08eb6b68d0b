package result

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
)

// Encode writes doc as indented JSON, its members in the order of the struct.
// Nil lists and maps of doc become empty ones, for the document has no null
// where scripts iterate. The error is the writer's.
func Encode(w io.Writer, doc *Document) error {
	fill(reflect.ValueOf(doc).Elem())
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

// Decode reads a document that Encode wrote, by this version or a later one:
// members it does not know are passed over. Anything else than one document of
// this Schema is an error.
func Decode(r io.Reader) (*Document, error) {
	doc := new(Document)
	d := json.NewDecoder(r)
	if err := d.Decode(doc); err != nil {
		return nil, fmt.Errorf("result: %w", err)
	}
	if doc.Schema != Schema {
		return nil, fmt.Errorf("result: schema is %q, want %q", doc.Schema, Schema)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("result: something follows the document")
	}
	fill(reflect.ValueOf(doc).Elem())
	return doc, nil
}

// fill makes the nil lists and maps below v empty ones.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem())
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		if k := v.Type().Elem().Kind(); k == reflect.Struct {
			for i := range v.Len() {
				fill(v.Index(i))
			}
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}

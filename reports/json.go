package reports

import (
	_ "embed"
	"io"

	"github.com/dcrbench/dcrbench/internal/result"
)

// ResultSchema is the JSON Schema of a result document, draft 2020-12.
//
//go:embed result.schema.json
var ResultSchema []byte

// JSON writes the document itself, as it is stored.
func JSON(w io.Writer, doc *result.Document) error { return result.Encode(w, doc) }

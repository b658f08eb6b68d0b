package profiles

import _ "embed" // for the schema

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of the files that Parse reads,
// for editors. It describes what can be said without looking at other values;
// Parse and Library.Add know the rest. Every call returns a copy.
func Schema() []byte { return append([]byte(nil), schema...) }

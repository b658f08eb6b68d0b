package profiles

import (
	"bytes"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compileSchema returns the published schema, ready to validate.
func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("profiles.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("profiles.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// document turns YAML into what the validator takes; ok is false for values
// that JSON does not have, which no JSON tool would accept either.
func document(t *testing.T, src []byte) (doc any, ok bool) {
	t.Helper()
	text, err := yaml.YAMLToJSON(src)
	if err != nil {
		t.Fatal(err)
	}
	doc, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	return doc, err == nil
}

func TestShippedFilesSatisfyTheSchema(t *testing.T) {
	s := compileSchema(t)
	for _, dir := range []string{"devices", "fleets"} {
		files, err := shipped.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			src, err := shipped.ReadFile(dir + "/" + f.Name())
			if err != nil {
				t.Fatal(err)
			}
			doc, ok := document(t, src)
			if !ok {
				t.Fatalf("%s: not JSON", f.Name())
			}
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s: %v", f.Name(), err)
			}
		}
	}
}

func TestTheSchemaRefusesWhatIsWrongByItsStructure(t *testing.T) {
	s := compileSchema(t)
	for _, tt := range wrongFiles {
		t.Run(tt.name, func(t *testing.T) {
			doc, ok := document(t, []byte(tt.src))
			if !ok {
				return
			}
			err := s.Validate(doc)
			if tt.structural && err == nil {
				t.Errorf("accepted:\n%s", tt.src)
			}
			if !tt.structural && err != nil {
				t.Errorf("the schema refuses more than its mark in the table says: %v", err)
			}
		})
	}
}

func TestSchemaAndParserAcceptTheSame(t *testing.T) {
	s := compileSchema(t)
	for _, tt := range rightFiles {
		t.Run(tt.name, func(t *testing.T) {
			doc, ok := document(t, []byte(tt.src))
			if !ok {
				t.Fatal("not JSON")
			}
			if err := s.Validate(doc); err != nil {
				t.Error(err)
			}
			if err := load(tt.src); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSchemaKnowsTheOperationsOfASession(t *testing.T) {
	s := compileSchema(t)
	for _, op := range sessionOps() {
		src := "profiles:\n- name: a\n  session: [{do: sessions.create}, {do: " + op + "}]\n"
		doc, _ := document(t, []byte(src))
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", op, err)
		}
	}
}

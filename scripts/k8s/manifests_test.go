package k8s

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// plain reads a YAML file into what encoding/json would make of it.
func plain(t *testing.T, path string) any {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.YAMLToJSON(src)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func manifests(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("testrun*.yaml")
	if err != nil || len(list) == 0 {
		t.Fatal("no manifests", err)
	}
	return list
}

// at walks down an object; nil when there is nothing.
func at(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// TestManifestsFollowTheOperatorsSchema holds the manifests against the fields of
// the operator that lie beside them, and against the operator's whole definition
// where K6_OPERATOR_CRD names its file.
func TestManifestsFollowTheOperatorsSchema(t *testing.T) {
	schemas := map[string]any{"testrun.schema.json": plain(t, "testrun.schema.json")}
	if path := os.Getenv("K6_OPERATOR_CRD"); path != "" {
		versions, _ := at(plain(t, path), "spec", "versions").([]any)
		if len(versions) == 0 {
			t.Fatalf("%s is no CustomResourceDefinition", path)
		}
		schemas[path] = at(versions[0], "schema", "openAPIV3Schema")
	}
	for name, root := range schemas {
		schema := compile(t, root)
		for _, m := range manifests(t) {
			if err := schema.Validate(plain(t, m)); err != nil {
				t.Errorf("%s against %s: %v", m, name, err)
			}
		}
		wrong := plain(t, "testrun.yaml")
		at(wrong, "spec").(map[string]any)["paralelism"] = 4
		if schema.Validate(wrong) == nil {
			t.Errorf("%s accepts a field that does not exist", name)
		}
	}
}

func compile(t *testing.T, root any) *jsonschema.Schema {
	t.Helper()
	forbidUnknown(root)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("testrun.json", root); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("testrun.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// forbidUnknown makes the schema refuse fields that it does not name, as the API
// server does when asked to.
func forbidUnknown(v any) {
	switch v := v.(type) {
	case map[string]any:
		if properties, ok := v["properties"].(map[string]any); ok && v["type"] == "object" {
			if _, set := v["additionalProperties"]; !set && len(properties) > 0 {
				v["additionalProperties"] = false
			}
		}
		for _, e := range v {
			forbidUnknown(e)
		}
	case []any:
		for _, e := range v {
			forbidUnknown(e)
		}
	}
}

func TestManifestsRunScriptsOfTheImageWithTheStatementFromASecret(t *testing.T) {
	for _, m := range manifests(t) {
		doc := plain(t, m)
		script, _ := at(doc, "spec", "script", "localFile").(string)
		if _, err := os.Stat(filepath.Join("..", filepath.Base(script))); err != nil {
			t.Errorf("%s: the image has no %s: %v", m, script, err)
		}
		if from, _ := at(doc, "spec", "runner", "envFrom").([]any); len(from) == 0 || at(from[0], "secretRef", "name") == nil {
			t.Errorf("%s: no secret for the statement", m)
		}
		arguments, _ := at(doc, "spec", "arguments").(string)
		if strings.Contains(arguments, "STATEMENT") || strings.Contains(arguments, "execution-segment") {
			t.Errorf("%s: arguments that are a secret or the operator's: %s", m, arguments)
		}
	}
}

func TestTheDashboardsQueriesMergeOverInstances(t *testing.T) {
	src, err := os.ReadFile("grafana-dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(src, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Panels) == 0 {
		t.Fatal("no panels")
	}
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			counter := strings.Contains(q.Expr, "_total{") && strings.Contains(q.Expr, "sum")
			histogram := strings.HasPrefix(q.Expr, "histogram_quantile(") && strings.Contains(q.Expr, "_seconds{")
			perInstance := strings.HasPrefix(q.Expr, "k6_adobepass_devices{")
			if strings.Contains(q.Expr, "avg(") || strings.Contains(q.Expr, "_rate{") || !counter && !histogram && !perInstance {
				t.Errorf("%s: %s does not merge", p.Title, q.Expr)
			}
		}
	}
}

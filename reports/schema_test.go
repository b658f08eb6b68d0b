package reports

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/tally"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(ResultSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("result.schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("result.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance is a document as the validator sees it.
func instance(t *testing.T, doc *result.Document) any {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, doc); err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// tallied is a document as a run makes it, with something in every list.
func tallied() *result.Document {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := tally.NewShard(tally.Layout{Profiles: []string{"apple-tv"}, Start: start, Contract: &contract.Options{}})
	var book tally.Book
	for i, status := range []int{201, 429, 400, 0, 404} {
		at := start.Add(time.Duration(i) * time.Second)
		x := &record.Exchange{
			Seq: uint64(i + 1), Intended: at, Sent: at, Received: at.Add(time.Millisecond), BytesSent: 1,
			Request: &api.Request{Op: api.OpToken}, Answer: &api.HTTPResponse{Status: status},
			Response: &api.Response{Status: status, Outcome: api.OutcomeRefused},
		}
		if status == 0 {
			api.TransportFailure(api.ErrTimeout, x.Response)
		}
		s.Record(x, &book)
	}
	doc := base()
	doc.Fleet = result.Fleet{Name: "f", Devices: 1, Profiles: []result.FleetProfile{{Name: "apple-tv", Platform: "tvOS", Devices: 1}}}
	s.Fill(doc, tally.Driven{Scheduled: 1})
	doc.Checks = []result.Check{{ID: "x"}}
	limit, err := result.ParseThreshold("throttling.ratio<1%", nil)
	if err != nil {
		panic(err)
	}
	result.Finish(doc, result.Gate{Thresholds: []result.Threshold{limit}})
	return doc
}

func TestDocumentsAreAsTheSchemaSays(t *testing.T) {
	s := schema(t)
	all := documents()
	all["tallied"] = tallied()
	for name, doc := range all {
		if err := s.Validate(instance(t, doc)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := result.Reconcile(all["tallied"]); err != nil {
		t.Error(err)
	}
}

// remove walks an instance and calls try for each member, taken out for the call.
func remove(v any, path string, try func(path string)) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			at := path + "." + name
			delete(v, name)
			try(at)
			v[name] = member
			remove(member, at, try)
		}
	case []any:
		if len(v) > 0 {
			remove(v[0], path+"[]", try)
		}
	}
}

func TestAMissingMemberFailsTheSchema(t *testing.T) {
	s, v := schema(t), instance(t, tallied())
	seen := 0
	remove(v, "", func(path string) {
		seen++
		// Statuses, kinds of errors and profile names are data; plans and earlier
		// results have one percentile for each step and no curve.
		for _, data := range []string{".status.", ".errors.", "findings[].profiles.", "series[].p50_us", "series[].p90_us", "latency_curve_us"} {
			if strings.Contains(path, data) {
				return
			}
		}
		if s.Validate(v) == nil {
			t.Errorf("without %s the document is still valid", path)
		}
	})
	if seen < 200 {
		t.Errorf("only %d members were tried", seen)
	}
}

func TestAWrongTypeFailsTheSchema(t *testing.T) {
	s := schema(t)
	for _, change := range []func(map[string]any){
		func(v map[string]any) { v["schema"] = "dcrbench.result/v2" },
		func(v map[string]any) { v["endpoints"] = nil },
		func(v map[string]any) { v["seed"] = "1" },
		func(v map[string]any) { v["started"] = "yesterday" },
		func(v map[string]any) { v["verdict"].(map[string]any)["exit_code"] = json.Number("2") },
		func(v map[string]any) { v["throttling"].(map[string]any)["ratio"] = json.Number("1.5") },
		func(v map[string]any) {
			v["endpoints"].([]any)[0].(map[string]any)["status"].(map[string]any)["ok"] = json.Number("1")
		},
	} {
		v := instance(t, tallied()).(map[string]any)
		change(v)
		if s.Validate(v) == nil {
			t.Error("a spoilt document is valid")
		}
	}
	v := instance(t, tallied()).(map[string]any)
	v["added_later"] = true
	if err := s.Validate(v); err != nil {
		t.Errorf("an added member is refused: %v", err)
	}
}

func TestEveryMemberOfTheDocumentIsDescribed(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(ResultSchema, &root); err != nil {
		t.Fatal(err)
	}
	described(t, root, root, reflect.TypeFor[result.Document](), "")
}

func described(t *testing.T, root, node map[string]any, typ reflect.Type, path string) {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if name, ok := node["$ref"].(string); ok {
		node = root["$defs"].(map[string]any)[strings.TrimPrefix(name, "#/$defs/")].(map[string]any)
	}
	if items, ok := node["items"].(map[string]any); ok {
		described(t, root, items, typ.Elem(), path+"[]")
		return
	}
	properties, ok := node["properties"].(map[string]any)
	if !ok || typ.Kind() != reflect.Struct {
		return
	}
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		member, ok := properties[name].(map[string]any)
		if !ok {
			t.Errorf("%s.%s is not in the schema", path, name)
			continue
		}
		if member["description"] == nil && member["$ref"] == nil {
			t.Errorf("%s.%s has no description", path, name)
		}
		described(t, root, member, typ.Field(i).Type, path+"."+name)
	}
	if len(properties) != typ.NumField() {
		t.Errorf("%s: the schema has %d members, the document %d", path, len(properties), typ.NumField())
	}
}

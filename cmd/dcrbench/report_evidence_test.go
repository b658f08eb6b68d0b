package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shown is what report show prints.
func shown(t *testing.T, args ...string) string {
	t.Helper()
	cmd := newReportShow()
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	var b bytes.Buffer
	cmd.SetOut(&b)
	cmd.SetArgs(args)
	if err := cmd.Execute(); err != nil {
		return "error: " + err.Error()
	}
	return b.String()
}

func TestTheReportOfACheckIsRenderedFromItsLogAlone(t *testing.T) {
	expectations := filepath.Join(t.TempDir(), "known.yaml")
	rows := "- check: reg.no-store\n  verdict: WARN\n  reason: agreed\n  expires: 2999-01-01\n"
	if err := os.WriteFile(expectations, []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	_, out, _ := runCheck(t, "--fault", "reg.no-store", "--fault", "reg.status-201", "--expectations", expectations)
	want, err := os.ReadFile(filepath.Join(out, "report.txt"))
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "evidence.ndjson")
	log, err := os.ReadFile(filepath.Join(out, "evidence.ndjson"))
	if err == nil {
		err = os.WriteFile(alone, log, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{alone, out} {
		if got := shown(t, path); got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
		}
	}
	if got := shown(t, alone, "--format", "junit"); !strings.Contains(got, "reg.status-201") {
		t.Errorf("as JUnit: %.300s", got)
	}
	if got := shown(t, alone, "--format", "json"); !json.Valid([]byte(got)) {
		t.Errorf("as JSON: %.300s", got)
	}
}

func TestALogThatIsCutOffIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "evidence.ndjson")
	if err := os.WriteFile(path, []byte(`{"schema":"dcrbench.evidence/v1","result":{}}`+"\n{\"seq\":"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := shown(t, path); !strings.Contains(got, "line 2") {
		t.Errorf("got %q", got)
	}
}

// har is HTTP Archive 1.2 with every field that the format requires, and those
// optional ones that are written: decoding is strict.
type har struct {
	Log struct {
		Version string `json:"version"`
		Creator struct {
			Name    string `json:"name"`
			Version string `json:"version"`
		} `json:"creator"`
		Entries []struct {
			StartedDateTime string  `json:"startedDateTime"`
			Time            float64 `json:"time"`
			Request         struct {
				Method      string  `json:"method"`
				URL         string  `json:"url"`
				HTTPVersion string  `json:"httpVersion"`
				Cookies     []any   `json:"cookies"`
				Headers     []named `json:"headers"`
				QueryString []named `json:"queryString"`
				PostData    *struct {
					MimeType string `json:"mimeType"`
					Params   []any  `json:"params"`
					Text     string `json:"text"`
				} `json:"postData"`
				HeadersSize int `json:"headersSize"`
				BodySize    int `json:"bodySize"`
			} `json:"request"`
			Response struct {
				Status      int     `json:"status"`
				StatusText  string  `json:"statusText"`
				HTTPVersion string  `json:"httpVersion"`
				Cookies     []any   `json:"cookies"`
				Headers     []named `json:"headers"`
				Content     struct {
					Size     int    `json:"size"`
					MimeType string `json:"mimeType"`
					Text     string `json:"text"`
				} `json:"content"`
				RedirectURL string `json:"redirectURL"`
				HeadersSize int    `json:"headersSize"`
				BodySize    int    `json:"bodySize"`
			} `json:"response"`
			Cache   struct{} `json:"cache"`
			Timings struct {
				Send    float64 `json:"send"`
				Wait    float64 `json:"wait"`
				Receive float64 `json:"receive"`
			} `json:"timings"`
			Comment string `json:"comment"`
		} `json:"entries"`
	} `json:"log"`
}

type named struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func TestTheArchiveIsHAR12AndNamesTheVersionThatWasSpoken(t *testing.T) {
	for _, tt := range []struct {
		serve, args []string
		want        string
	}{
		{nil, []string{"--http", "1.1"}, "HTTP/1.1"},
		{[]string{"--tls"}, []string{"--insecure", "--http", "2"}, "HTTP/2"},
	} {
		url := serveSimulator(t, tt.serve...)
		_, out, _ := runCheck(t, append(tt.args, "--target", url, "--group", "reg")...)
		data, err := os.ReadFile(filepath.Join(out, "evidence.har"))
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		var archive har
		if err := d.Decode(&archive); err != nil {
			t.Fatal(err)
		}
		if archive.Log.Version != "1.2" || len(archive.Log.Entries) < 10 {
			t.Fatalf("got version %q and %d entries", archive.Log.Version, len(archive.Log.Entries))
		}
		for _, e := range archive.Log.Entries {
			if e.Request.HTTPVersion != tt.want || e.Response.HTTPVersion != tt.want {
				t.Fatalf("%v: got %q, want %q", tt.args, e.Request.HTTPVersion, tt.want)
			}
			if e.Request.Cookies == nil || e.Request.Headers == nil || e.Request.QueryString == nil || e.Response.Headers == nil || e.Response.Cookies == nil {
				t.Fatal("a list is null")
			}
		}
	}
}

package adobepass

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.k6.io/k6/metrics"
)

// ourMetric finds names of our metrics in queries, and what Prometheus adds to them.
var ourMetric = regexp.MustCompile(`adobepass_[a-z_]+`)

func TestDashboardsAskForMetricsThatExist(t *testing.T) {
	registry := metrics.NewRegistry()
	if _, err := registerMetrics(registry); err != nil {
		t.Fatal(err)
	}
	known := map[string]metrics.MetricType{}
	for _, m := range registry.All() {
		known[m.Name] = m.Type
	}
	suffix := map[metrics.MetricType]string{metrics.Counter: "_total", metrics.Rate: "_rate", metrics.Trend: "_seconds"}
	for file, exported := range map[string]bool{".dashboard.json": false, "scripts/k8s/grafana-dashboard.json": true} {
		src, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		names := ourMetric.FindAllString(string(src), -1)
		if len(names) == 0 {
			t.Errorf("%s asks for none of our metrics", file)
		}
		for _, name := range names {
			plain := name
			for kind, s := range suffix {
				if exported && strings.HasSuffix(name, s) && known[strings.TrimSuffix(name, s)] == kind {
					plain = strings.TrimSuffix(name, s)
				}
			}
			if _, ok := known[plain]; !ok {
				t.Errorf("%s asks for %s, which does not exist", file, name)
			}
		}
	}
}

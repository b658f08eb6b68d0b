package spec

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed catalogue.yaml
var embedded []byte

// row is a Check as it stands in the embedded file.
type row struct {
	ID        string   `yaml:"id"`
	Level     string   `yaml:"level"`
	Title     string   `yaml:"title"`
	Refs      []string `yaml:"refs"`
	Why       string   `yaml:"why"`
	Deviation string   `yaml:"deviation"`
	Cost      int      `yaml:"cost"`
	Intrusive bool     `yaml:"intrusive"`
	Fault     string   `yaml:"fault"`
}

// read decodes the embedded rows. The error names the row.
func read(data []byte) ([]Check, error) {
	var rows []row
	if err := yaml.UnmarshalWithOptions(data, &rows, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	checks := make([]Check, len(rows))
	for i, r := range rows {
		levels := strings.Fields(r.Level)
		if len(levels) != 3 {
			return nil, fmt.Errorf("catalogue: %q has the levels %q, want one for each of 3 rule sets", r.ID, r.Level)
		}
		for _, l := range levels {
			switch Level(l) {
			case Must, Doc, Should, BCP, May:
			default:
				return nil, fmt.Errorf("catalogue: %q has the unknown level %q", r.ID, l)
			}
		}
		checks[i] = Check{
			ID: r.ID, Title: r.Title, Why: r.Why, Refs: r.Refs, Deviation: r.Deviation,
			Levels: Levels{Level(levels[0]), Level(levels[1]), Level(levels[2])},
			Cost:   r.Cost, Intrusive: r.Intrusive, Fault: r.Fault,
		}
	}
	return checks, nil
}

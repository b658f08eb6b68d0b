package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/reports"
)

func newReport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Render a saved result, or compare two",
		Example: `  dcrbench report show dcrbench-out/20260906-200000.000-run/result.json
  dcrbench report diff before after --fail-on-regression`,
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newReportShow(), newReportDiff())
	return cmd
}

func newReportShow() *cobra.Command {
	format := "text"
	known := strings.Join(reports.Formats(), ", ")
	show := &cobra.Command{
		Use:   "show FILE|FOLDER",
		Short: "Render a saved result again, offline",
		Long: `Render a result.json, or the evidence.ndjson of a check, again. Nothing but the
file is read, and the same file gives the same report, byte for byte. Of a folder
that holds both, the log is read.`,
		Example: `  dcrbench report show result.json
  dcrbench report show dcrbench-out/20260906-200000.000-check/evidence.ndjson
  dcrbench report show result.json --format html > index.html
  dcrbench report show result.json --format markdown >> "$GITHUB_STEP_SUMMARY"
  dcrbench report show result.json --format csv | sqlite3 run.db '.import --csv /dev/stdin timeline'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(reports.Formats(), format) {
				return fmt.Errorf("--format %q: want one of %s", format, known)
			}
			if log, ok := evidenceAt(args[0]); ok {
				return showEvidence(cmd.OutOrStdout(), log, format)
			}
			doc, err := readResult(inFolder(args[0]))
			if err != nil {
				return err
			}
			return reports.Write(cmd.OutOrStdout(), doc, format, textOptions(cmd.OutOrStdout()))
		},
	}
	show.Flags().StringVar(&format, "format", format, "one of "+known)
	return show
}

func readResult(path string) (*result.Document, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := isResult(raw); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	doc, err := result.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return doc, nil
}

// isResult refuses what is no whole result that this program can read: a report
// of it would look like one of a run in which nothing happened.
func isResult(raw []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return fmt.Errorf("is no result.json: %w", err)
	}
	var schema, kind string
	_ = json.Unmarshal(members["schema"], &schema) // another type is no known schema
	_ = json.Unmarshal(members["kind"], &kind)
	family, _, _ := strings.Cut(result.Schema, "/")
	switch {
	case schema == result.Schema:
	case strings.HasPrefix(schema, family+"/"):
		return fmt.Errorf("has the schema %q, and this dcrbench reads %q: use the one that wrote it", schema, result.Schema)
	default:
		return fmt.Errorf("is no result.json: its schema is %q, want %q", schema, result.Schema)
	}
	if kinds := []string{result.KindRun, result.KindCheck, result.KindPlan, result.KindAudit}; !slices.Contains(kinds, kind) {
		return fmt.Errorf("has the kind %q, want one of %s", kind, strings.Join(kinds, ", "))
	}
	needed := []string{"tool", "target", "started", "ended", "verdict", "load", "endpoints", "throttling", "token_reuse", "compliance", "timeline"}
	switch kind {
	case result.KindPlan, result.KindAudit:
		needed = append(needed, kind)
	case result.KindCheck:
		needed = append(needed, "checks")
	}
	needed = slices.DeleteFunc(needed, func(name string) bool { return len(members[name]) > 0 })
	if len(needed) > 0 {
		return fmt.Errorf("is not a whole result: it lacks %s", strings.Join(needed, ", "))
	}
	return nil
}

// shownBreaches is how many breaches of each rule the text of an audit shows
// when nobody says.
const shownBreaches = 3

// textOptions fits the text report to where it goes.
func textOptions(w io.Writer) reports.Options {
	width, ok := terminalWidth(w)
	return reports.Options{Width: width, Color: ok && os.Getenv("NO_COLOR") == "", Breaches: shownBreaches}
}

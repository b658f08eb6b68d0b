package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/reports"
)

func newReport() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "report",
		Short:   "Render a saved result",
		Example: "  dcrbench report show dcrbench-out/20260906-200000.000-run/result.json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	format := "text"
	show := &cobra.Command{
		Use:     "show FILE",
		Short:   "Render a result.json again, offline",
		Example: "  dcrbench report show result.json --format text",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--format %q: want text or json", format)
			}
			doc, err := readResult(args[0])
			if err != nil {
				return err
			}
			if format == "json" {
				return reports.JSON(cmd.OutOrStdout(), doc)
			}
			return reports.Text(cmd.OutOrStdout(), doc, textOptions(cmd.OutOrStdout()))
		},
	}
	show.Flags().StringVar(&format, "format", format, "text or json")
	cmd.AddCommand(show)
	return cmd
}

func readResult(path string) (*result.Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	doc, err := result.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return doc, nil
}

// textOptions fits the text report to where it goes.
func textOptions(w io.Writer) reports.Options {
	width, ok := terminalWidth(w)
	return reports.Options{Width: width, Color: ok && os.Getenv("NO_COLOR") == ""}
}

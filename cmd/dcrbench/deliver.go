package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/reports"
)

// makeOut creates the folder for the results of a command.
func makeOut(out, command string) (string, error) {
	if out == "" {
		out = filepath.Join("dcrbench-out", time.Now().Format("20060102-150405.000")+"-"+command)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", fmt.Errorf("--out: %w", err)
	}
	return out, nil
}

// deliver leaves the result and its reports in their folder, writes the document
// or its text to standard output, and ends the command with the exit code of the
// verdict. The document is written as it stands in the folder.
func deliver(cmd *cobra.Command, doc *result.Document, out, format string, text func(io.Writer) error) error {
	if err := reports.WriteAll(out, doc); err != nil {
		return err
	}
	var err error
	if format == "json" {
		err = copyFile(cmd.OutOrStdout(), filepath.Join(out, "result.json"))
	} else {
		err = text(cmd.OutOrStdout())
		whereabouts(cmd.ErrOrStderr(), doc, out)
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return ended(doc.Verdict.ExitCode)
}

func copyFile(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// whereabouts says where the result is, and what to open.
func whereabouts(w io.Writer, doc *result.Document, out string) {
	var others []string
	for _, f := range reports.Files(doc.Kind)[1:] {
		others = append(others, f.Name)
	}
	fmt.Fprintf(w, "result: %s\n", filepath.Join(out, "result.json"))
	fmt.Fprintf(w, "page: %s (beside it: %s)\n", filepath.Join(out, reports.Page), strings.Join(others, ", "))
}

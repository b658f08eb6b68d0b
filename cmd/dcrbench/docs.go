package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newDocs() *cobra.Command {
	docs := &cobra.Command{
		Use:     "docs",
		Short:   "Write the man pages of this command",
		Example: "  dcrbench docs man ~/.local/share/man/man1",
		Args:    noSuchCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	docs.AddCommand(&cobra.Command{
		Use:   "man DIR",
		Short: "Write a man page for every command into a folder",
		Long: `Write a man page for every command into a folder, which is made where it is
missing. The pages are made from the same texts as --help. For completion in a
shell see dcrbench completion --help.`,
		Example: `  dcrbench docs man ~/.local/share/man/man1
  man dcrbench-run`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return writeMan(cmd, args[0]) },
	})
	return docs
}

func writeMan(cmd *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root := cmd.Root()
	root.DisableAutoGenTag = true
	header := &doc.GenManHeader{Title: "DCRBENCH", Section: "1", Source: "dcrbench " + version(), Manual: "dcrbench"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return err
	}
	pages, err := filepath.Glob(filepath.Join(dir, "dcrbench*.1"))
	if err == nil {
		fmt.Fprintf(cmd.OutOrStdout(), "%d pages in %s\n", len(pages), dir)
	}
	return err
}

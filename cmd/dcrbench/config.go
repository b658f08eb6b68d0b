package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/nearest"
)

// maxConfigBytes bounds a configuration file.
const maxConfigBytes = 1 << 20

// applyConfig sets every flag that the file at path names and that the command
// line does not. Keys are flag names.
func applyConfig(cmd *cobra.Command, path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	if len(src) > maxConfigBytes {
		return fmt.Errorf("--config %s: %d bytes; at most %d", path, len(src), maxConfigBytes)
	}
	file, err := parser.ParseBytes(src, 0)
	if err != nil {
		return syntaxError(path, err)
	}
	var problems []error
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		mapping, ok := doc.Body.(*ast.MappingNode)
		if !ok {
			return fmt.Errorf("%s: want a mapping of flag names to values, as in `devices: 500`", position(path, doc.Body))
		}
		for _, entry := range mapping.Values {
			if err := applyEntry(cmd, path, entry); err != nil {
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(problems...)
}

func applyEntry(cmd *cobra.Command, path string, entry *ast.MappingValueNode) error {
	name := entry.Key.GetToken().Value
	at := position(path, entry.Key)
	flag := cmd.Flags().Lookup(name)
	if flag == nil || name == "config" || name == "help" {
		return fmt.Errorf("%s: %q is not a flag of dcrbench %s%s", at, name, cmd.Name(), suggestFlag(cmd.Flags(), name))
	}
	if flag.Changed {
		return nil
	}
	values := []ast.Node{entry.Value}
	if list, ok := entry.Value.(*ast.SequenceNode); ok {
		values = list.Values
	}
	for _, v := range values {
		scalar, ok := v.(ast.ScalarNode)
		if !ok {
			return fmt.Errorf("%s: %s needs a plain value", position(path, v), name)
		}
		text := fmt.Sprint(scalar.GetValue())
		if err := flag.Value.Set(text); err != nil {
			return fmt.Errorf("%s: %w", position(path, v), badValue(flag, text, err))
		}
	}
	flag.Changed = true
	return nil
}

// syntaxError names the place where the file at path stops being YAML.
func syntaxError(path string, err error) error {
	line, column, message := 1, 1, err.Error()
	var located yaml.Error
	if errors.As(err, &located) {
		message = located.GetMessage()
		if tk := located.GetToken(); tk != nil && tk.Position != nil {
			line, column = max(1, tk.Position.Line), max(1, tk.Position.Column)
		}
	}
	return fmt.Errorf("%s:%d:%d: the file is not valid YAML: %s; want flag names and values, as in `devices: 500`", path, line, column, message)
}

func position(path string, n ast.Node) string {
	p := n.GetToken().Position
	return fmt.Sprintf("%s:%d:%d", path, p.Line, p.Column)
}

// suggestFlag names a flag that differs from name by little, or nothing.
func suggestFlag(flags *pflag.FlagSet, name string) string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if best := nearest.Name(name, names); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	return ""
}

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/nearest"
)

// wanted says in words which values a type of flag takes.
var wanted = map[string]string{
	"int":      "a whole number, as in 500",
	"uint64":   "a whole number from 0 up, as in 7",
	"float64":  "a number, as in 2.5",
	"duration": "a duration with its unit, as in 30s or 5m",
	"bool":     "true or false",
}

// wantedBy says in words which values the flag takes.
func wantedBy(f *pflag.Flag) string {
	if words, ok := wanted[f.Value.Type()]; ok {
		return words
	}
	return "a value"
}

// badValue says what is wrong with the value of a flag that cannot be read at all.
func badValue(f *pflag.Flag, value string, cause error) error {
	if errors.Is(cause, strconv.ErrRange) {
		return fmt.Errorf("--%s %q: out of range; want %s", f.Name, value, wantedBy(f))
	}
	return fmt.Errorf("--%s %q: want %s", f.Name, value, wantedBy(f))
}

// flagError puts an error of the flag parser in words, and names the flag that was
// probably meant by an unknown one.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	var unknown *pflag.NotExistError
	switch {
	case errors.As(err, &invalid):
		return badValue(invalid.GetFlag(), invalid.GetValue(), invalid.Unwrap())
	case errors.As(err, &missing):
		return fmt.Errorf("--%s needs a value: %s", missing.GetFlag().Name, wantedBy(missing.GetFlag()))
	case errors.As(err, &unknown):
		return fmt.Errorf("%w%s; see %s --help", err, suggestFlag(cmd.Flags(), unknown.GetSpecifiedName()), cmd.CommandPath())
	}
	return err
}

// wordArguments lets every command below cmd say in words which arguments it takes.
func wordArguments(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		wordArguments(c)
		if takes := c.Args; takes != nil && !c.HasSubCommands() {
			c.Args = func(c *cobra.Command, args []string) error {
				if takes(c, args) == nil {
					return nil
				}
				return wrongArguments(c, args)
			}
		}
	}
}

func wrongArguments(cmd *cobra.Command, args []string) error {
	_, want, _ := strings.Cut(cmd.Use, " ")
	if want == "" {
		want = "no arguments"
	}
	got := "nothing"
	if len(args) > 0 {
		got = fmt.Sprintf("%q", args)
	}
	return fmt.Errorf("%s: got %s, want %s; see %s --help", cmd.CommandPath(), got, want, cmd.CommandPath())
}

// noSuchCommand refuses the arguments of a command that only has commands of its
// own, and names the one that was probably meant.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if best := nearest.Name(args[0], names); best != "" {
		return fmt.Errorf("unknown command %q for %q; did you mean %q?", args[0], cmd.CommandPath(), best)
	}
	return fmt.Errorf("unknown command %q for %q; see %s --help", args[0], cmd.CommandPath(), cmd.CommandPath())
}

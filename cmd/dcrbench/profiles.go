package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/nearest"
	"github.com/dcrbench/dcrbench/profiles"
	"github.com/dcrbench/dcrbench/reports"
)

func newProfiles() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "profiles",
		Short:   "List, explain and validate device profiles and fleets",
		Example: "  dcrbench profiles list\n  dcrbench profiles show roku\n  dcrbench profiles validate my-fleet.yaml",
		Args:    noSuchCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:     "list [FILE]",
			Short:   "List the fleets and profiles that ship, and those of a file",
			Example: "  dcrbench profiles list",
			Args:    cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				library := profiles.Builtin()
				if len(args) == 1 {
					if _, err := addFile(library, args[0]); err != nil {
						return err
					}
				}
				return listProfiles(cmd.OutOrStdout(), library)
			},
		},
		&cobra.Command{
			Use:     "show NAME|FILE",
			Short:   "Explain a profile or a fleet in plain words",
			Example: "  dcrbench profiles show living-room\n  dcrbench profiles show roku-v4",
			Args:    cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return showProfile(cmd.OutOrStdout(), args[0])
			},
		},
		&cobra.Command{
			Use:     "validate FILE...",
			Short:   "Check YAML files of profiles and fleets",
			Example: "  dcrbench profiles validate my-fleet.yaml",
			Args:    cobra.MinimumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				library := profiles.Builtin()
				var errs []error
				for _, path := range args {
					file, err := addFile(library, path)
					if err != nil {
						errs = append(errs, err)
						continue
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%s: valid; profiles: %d, fleets: %d\n", path, len(file.ProfileNames()), len(file.FleetNames()))
				}
				return errors.Join(errs...)
			},
		},
	)
	return cmd
}

func listProfiles(w io.Writer, library *profiles.Library) error {
	fleets := [][]string{}
	for _, name := range library.FleetNames() {
		f, err := library.Fleet(name)
		if err != nil {
			return err
		}
		if name == profiles.DefaultFleet {
			name += " (default)"
		}
		fleets = append(fleets, []string{name, fmt.Sprint(f.Devices), f.Duration.String(), f.Title})
	}
	if err := reports.Table(w, []string{"fleet", "devices", "duration", "what it is"}, fleets); err != nil {
		return err
	}
	fmt.Fprintln(w)
	devices := [][]string{}
	for _, name := range library.ProfileNames() {
		p, err := library.Profile(name)
		if err != nil {
			return err
		}
		devices = append(devices, []string{name, p.Platform, conduct(p), p.Title})
	}
	if err := reports.Table(w, []string{"profile", "platform", "breaks", "what it is"}, devices); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\nWhat a profile breaks are rules for clients; dcrbench profiles show NAME says which and how.")
	return err
}

// conduct names the client rules that a profile breaks on purpose.
func conduct(p *profiles.Profile) string {
	var rules []string
	for _, m := range profiles.Misbehaviours(p) {
		if !slices.Contains(rules, m.Rule) {
			rules = append(rules, m.Rule)
		}
	}
	switch {
	case len(rules) == 0:
		return "-"
	case len(rules) > 3:
		return fmt.Sprintf("%s %s %s +%d", rules[0], rules[1], rules[2], len(rules)-3)
	}
	line := rules[0]
	for _, r := range rules[1:] {
		line += " " + r
	}
	return line
}

func showProfile(w io.Writer, name string) error {
	library := profiles.Builtin()
	if isFile(name) {
		file, err := addFile(library, name)
		if err != nil {
			return err
		}
		for _, n := range append(file.ProfileNames(), file.FleetNames()...) {
			if err := explain(w, library, n); err != nil {
				return err
			}
		}
		return nil
	}
	return explain(w, library, name)
}

func explain(w io.Writer, library *profiles.Library, name string) error {
	if slices.Contains(library.ProfileNames(), name) {
		p, err := library.Profile(name)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, profiles.Explain(p))
		return err
	}
	if !slices.Contains(library.FleetNames(), name) {
		return unknownName(library, name)
	}
	f, err := library.Fleet(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, profiles.ExplainFleet(f, f.Devices))
	return err
}

// unknownName is the error about a name that is neither a profile's nor a
// fleet's.
func unknownName(library *profiles.Library, name string) error {
	known := append(library.ProfileNames(), library.FleetNames()...)
	if best := nearest.Name(name, known); best != "" {
		return fmt.Errorf("%q is neither a profile nor a fleet; did you mean %q?", name, best)
	}
	return fmt.Errorf("%q is neither a profile nor a fleet; see dcrbench profiles list", name)
}

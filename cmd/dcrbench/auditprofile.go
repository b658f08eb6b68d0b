package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/fit"
	"github.com/dcrbench/dcrbench/profiles"
)

// checkProfilePath refuses a place for fitted profiles that cannot be written,
// or not read again, before anything is judged.
func checkProfilePath(path string) error {
	if path == "" {
		return nil
	}
	if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" {
		return fmt.Errorf("--to-profile %q: want a name that ends in .yaml", path)
	}
	info, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("--to-profile: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("--to-profile %q: %s is no folder", path, filepath.Dir(path))
	}
	return nil
}

// writeProfile fits profiles to what the devices did, and writes them with a
// fleet of them. The file is written whole or not at all.
func writeProfile(w io.Writer, path string, devices []*audit.Device) error {
	fitted := fit.Profiles(devices)
	if len(fitted) == 0 {
		return errors.New("--to-profile: no recorded client went past its token, so there is no session to repeat")
	}
	text := fit.YAML(fitted)
	if _, err := profiles.Parse(path, text); err != nil {
		return fmt.Errorf("--to-profile: what was fitted is no profile: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".profile-*")
	if err != nil {
		return fmt.Errorf("--to-profile: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return fmt.Errorf("--to-profile: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("--to-profile: %w", err)
	}
	for i := range fitted {
		if lost := fitted[i].Lost; len(lost) > 0 {
			fmt.Fprintf(w, "profile %s does not repeat %s\n", fitted[i].Profile.Name, strings.Join(lost, " "))
		}
	}
	fmt.Fprintf(w, "profile: %s (try: dcrbench run %s)\n", path, path)
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dcrbench/dcrbench/profiles"
)

// maxProfileBytes bounds a YAML file of the user's.
const maxProfileBytes = 1 << 20

// openFleet finds the fleet called name, which is a built-in fleet or a YAML
// file with one, and the library that it belongs to.
func openFleet(name string) (*profiles.Library, string, error) {
	library := profiles.Builtin()
	if !isFile(name) {
		_, noFleet := library.Fleet(name)
		if _, err := library.Profile(name); err == nil && noFleet != nil {
			return nil, "", fmt.Errorf("%q is a device profile, not a fleet; a fleet of one is a YAML file with members: [{profile: %s, weight: 1}]", name, name)
		}
		return library, name, nil
	}
	file, err := addFile(library, name)
	if err != nil {
		return nil, "", err
	}
	fleets := file.FleetNames()
	if len(fleets) != 1 {
		return nil, "", fmt.Errorf("%s defines %d fleets, want one to run", name, len(fleets))
	}
	return library, fleets[0], nil
}

// isFile reports whether name means a file and not a built-in name.
func isFile(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".yaml" || ext == ".yml" || strings.ContainsRune(name, os.PathSeparator)
}

// addFile parses the YAML file at path into the library.
func addFile(library *profiles.Library, path string) (*profiles.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxProfileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(src) > maxProfileBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, maxProfileBytes)
	}
	file, err := profiles.Parse(path, src)
	if err != nil {
		return nil, err
	}
	if err := library.Add(file); err != nil {
		return nil, err
	}
	if len(file.FleetNames())+len(file.ProfileNames()) == 0 {
		return nil, errors.New(path + " defines neither a profile nor a fleet")
	}
	return file, nil
}

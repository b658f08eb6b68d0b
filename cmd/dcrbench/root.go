package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/result"
)

const rootLong = `dcrbench simulates fleets of streaming devices that register, fetch access
tokens and call Adobe Pass REST API v2 under its rate limits, and reports
throttling, token reuse and error-code compliance.

Without a target, commands use the embedded simulator: nothing leaves this
machine, and no licence or account is needed.

Exit codes: 0 gate met; 1 gate not met; 2 usage or configuration;
3 target unreachable or run not to be trusted; 130 interrupted.`

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "dcrbench",
		Short:         "Load and compliance testing for Adobe Pass Dynamic Client Registration",
		Long:          rootLong,
		Version:       version(),
		Example:       "  dcrbench run\n  dcrbench run kick-off --devices 2000 --duration 1m\n  dcrbench serve --listen 127.0.0.1:18080",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newRun(), newCheck(), newAudit(), newPlan(), newServe(), newReport(), newProfiles(), newDocs())
	wordArguments(root)
	return root
}

// version is the module version of the build, or the commit of a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	if c := commit(info); c != "" {
		v += " (" + c + ")"
	}
	return v
}

// tool says which build writes a result.
func tool() result.Tool {
	t := result.Tool{Version: version(), Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		t.Commit = commit(info)
	}
	return t
}

// commit is the short revision that the binary was built from, "" if unknown.
func commit(info *debug.BuildInfo) string {
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return ""
}

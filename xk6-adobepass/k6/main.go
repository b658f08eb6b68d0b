// Command k6 is k6 with the extension k6/x/adobepass. The combined binary is
// under k6's licence, the GNU AGPL 3.0.
package main

import (
	"os"
	"runtime/debug"

	"go.k6.io/k6/cmd"

	_ "github.com/dcrbench/dcrbench" // registers k6/x/adobepass
)

// gcPercent is how much the heap may grow until it is collected, in per cent.
const gcPercent = 20

func main() {
	// What the script needs is linked already: nothing is to be fetched.
	if _, set := os.LookupEnv("K6_AUTO_EXTENSION_RESOLUTION"); !set {
		os.Setenv("K6_AUTO_EXTENSION_RESOLUTION", "false")
	}
	// Most of the memory are devices, which live as long as the test: collecting
	// more often costs little and keeps the peak near what is in use.
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(gcPercent)
	}
	cmd.Execute()
}

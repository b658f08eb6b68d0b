// Command k6 is k6 with the extension k6/x/adobepass. The combined binary is
// under k6's licence, the GNU AGPL 3.0.
package main

import (
	"os"

	"go.k6.io/k6/cmd"

	_ "github.com/dcrbench/dcrbench" // registers k6/x/adobepass
)

func main() {
	// What the script needs is linked already: nothing is to be fetched.
	if _, set := os.LookupEnv("K6_AUTO_EXTENSION_RESOLUTION"); !set {
		os.Setenv("K6_AUTO_EXTENSION_RESOLUTION", "false")
	}
	cmd.Execute()
}

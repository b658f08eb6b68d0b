// Command dcrbench is a load and compliance testing harness for Adobe Pass
// Dynamic Client Registration: it simulates fleets of streaming devices against
// an embedded simulator or a target of the user's and reports throttling,
// token reuse and error-code compliance.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// execute runs one command line and returns the exit code. It is the only
// place where an error turns into one.
func execute(args []string, in io.Reader, out, err io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(err)
	cause := root.Execute()
	code := exitCode(cause)
	if message := errorText(cause); message != "" {
		fmt.Fprintln(err, "dcrbench: "+message)
	}
	return code
}

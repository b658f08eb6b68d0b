package vault

import (
	"fmt"
	"runtime/debug"
)

// guard runs f, which reads the mapped file, and turns a panic into
// [ErrDamaged]. The database library asserts what it reads and does not return
// errors for it, and a file cut short behind its back faults; either is the
// fault of the file. The message of such a panic may hold content, and is
// left out.
func guard(f func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: its pages do not fit together", ErrDamaged)
		}
	}()
	return f()
}

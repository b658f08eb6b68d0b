// Package vault is the crash-safe store of client credentials and access
// tokens, per target and software statement, per device, in one bbolt file.
//
// A device may go on to its token only when [Space.Put] has returned: from
// then on its credentials survive a kill of the process or of the machine.
// One writer goroutine commits everything that is waiting at once, so a fleet
// that registers together pays for few fsyncs. The vault starts it in [Open]
// and waits for it in [Vault.Close].
//
// The file holds secrets and has mode 0600. Nothing of this package prints
// one: errors name files and devices only.
package vault

import "errors"

// Errors to act upon; what [Open] and the spaces return wraps them.
var (
	// ErrLocked: another process has the file open.
	ErrLocked = errors.New("in use by another run")
	// ErrForeign: the file is something else than a credential store.
	ErrForeign = errors.New("not a credential store")
	// ErrDamaged: the file is a credential store that can no longer be read.
	ErrDamaged = errors.New("damaged")
	// ErrClosed: the vault was closed before.
	ErrClosed = errors.New("the credential store is closed")
	// ErrBusy: too many entries wait to be written; this one was dropped.
	ErrBusy = errors.New("too many entries wait to be stored")
)

package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

const (
	fileMode fs.FileMode = 0o600
	dirMode  fs.FileMode = 0o700

	defaultLockWait = 3 * time.Second
)

// Options tune a vault; the zero value is fine.
type Options struct {
	// LockWait is how long Open waits for another process to let go of the
	// file; zero is three seconds.
	LockWait time.Duration
}

// Validate returns every problem of the options, and changes nothing.
func (o Options) Validate() []error {
	if o.LockWait < 0 {
		return []error{fmt.Errorf("lock wait %v is negative", o.LockWait)}
	}
	return nil
}

// Open opens the store at path, and makes it, with its folders, when there is
// none. A file that other users may read is closed to them, which
// [Vault.Warnings] tells. A file in use, of something else, or damaged is left
// as it is: see [ErrLocked], [ErrForeign] and [ErrDamaged].
func Open(path string, o Options) (*Vault, error) {
	if problems := o.Validate(); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if o.LockWait == 0 {
		o.LockWait = defaultLockWait
	}
	if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return nil, fmt.Errorf("making the folder of the credential store: %w", err)
	}
	if err := ensure(path); err != nil {
		return nil, fmt.Errorf("making the credential store %q: %w", path, err)
	}
	db, err := openDB(path, o.LockWait)
	if err != nil {
		return nil, explain(path, o.LockWait, err)
	}
	if err := identify(db); err != nil {
		return nil, errors.Join(explain(path, o.LockWait, err), db.Close())
	}
	warnings, err := tighten(path)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	v := newVault(db, path, warnings)
	go v.write()
	return v, nil
}

// tighten takes the file's permissions from everybody but its owner. It comes
// after the file proved to be ours: one that is not keeps its mode, too.
func tighten(path string) (warnings []string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("opening the credential store: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		if err := os.Chmod(path, fileMode); err != nil {
			return nil, fmt.Errorf("the credential store %q is open to other users (mode %04o): %w", path, mode, err)
		}
		warnings = append(warnings, fmt.Sprintf("the credential store %q was open to other users (mode %04o); it now has mode %04o", path, mode, fileMode))
	}
	return warnings, nil
}

// openDB opens the database. Damage can make the library panic, or the
// processor fault on memory that the file no longer backs; then the file is
// closed here, to let go of its lock.
func openDB(path string, lockWait time.Duration) (db *bolt.DB, err error) {
	var file *os.File
	err = guard(func() error {
		var err error
		db, err = bolt.Open(path, fileMode, &bolt.Options{
			Timeout:      lockWait,
			FreelistType: bolt.FreelistMapType,
			OpenFile: func(name string, flag int, mode fs.FileMode) (*os.File, error) {
				var err error
				file, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
				return file, err
			},
		})
		return err
	})
	if errors.Is(err, ErrDamaged) && file != nil {
		_ = file.Close()
	}
	return db, err
}

// explain turns the library's errors into ones that say what to do.
func explain(path string, lockWait time.Duration, err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("the credential store %q is %w, waited %v for it; try: another file, or wait for that run to end", path, ErrLocked, lockWait)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, ErrForeign):
		return fmt.Errorf("%q is %w and stays untouched; try: another file", path, ErrForeign)
	case errors.Is(err, berrors.ErrChecksum), errors.Is(err, ErrDamaged):
		return fmt.Errorf("the credential store %q is %w and stays untouched; try: move it away to start afresh", path, ErrDamaged)
	}
	return fmt.Errorf("opening the credential store %q: %w", path, err)
}

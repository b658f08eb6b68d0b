package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	bolt "go.etcd.io/bbolt"
)

// The root of the file: a bucket that says what it is, and one that holds a
// bucket for each space.
var (
	formatBucket = []byte("dcrbench-vault")
	formatKey    = []byte("format")
	formatValue  = []byte("1")
	spacesBucket = []byte("spaces")
)

// ensure makes the file when there is none. It is written under another name
// and linked into place complete, so that a kill in the middle leaves no half
// file behind, and of two processes that start together one wins for both.
func ensure(path string) error {
	for range 10 {
		info, err := os.Stat(path)
		if err == nil && !info.Mode().IsRegular() {
			return errors.New("something else than a regular file has that name")
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		err = create(path)
		// NotExist: somebody who has the finished file tidied ours away.
		if err == nil || !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.New("the file comes and goes")
}

// draft is the pattern of the names of files that are not in place yet.
func draft(path string) string { return filepath.Base(path) + ".new-*" }

func create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), draft(path))
	if err != nil {
		return err
	}
	name := f.Name()
	defer os.Remove(name)
	if err := f.Close(); err != nil {
		return err
	}
	db, err := bolt.Open(name, fileMode, nil)
	if err != nil {
		return err
	}
	if err := errors.Join(db.Update(markFormat), db.Close()); err != nil {
		return err
	}
	err = os.Link(name, path)
	if err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		err = os.Rename(name, path) // a file system without links
	}
	return errors.Join(err, syncDir(filepath.Dir(path)))
}

// syncDir makes a new name in the folder durable, where systems can do that.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func markFormat(tx *bolt.Tx) error {
	b, err := tx.CreateBucketIfNotExists(formatBucket)
	if err != nil {
		return err
	}
	if err := b.Put(formatKey, formatValue); err != nil {
		return err
	}
	_, err = tx.CreateBucketIfNotExists(spacesBucket)
	return err
}

// identify checks that the database is a vault of this format. One without any
// content, which an empty file becomes, is made one.
func identify(db *bolt.DB) error {
	empty := false
	err := guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			first, _ := tx.Cursor().First()
			empty = first == nil
			if empty {
				return nil
			}
			b := tx.Bucket(formatBucket)
			if b == nil || b.Get(formatKey) == nil {
				return ErrForeign
			}
			if format := b.Get(formatKey); string(format) != string(formatValue) {
				return fmt.Errorf("its format is %q, want %q: it was written by another version", format, formatValue)
			}
			if tx.Bucket(spacesBucket) == nil {
				return ErrDamaged
			}
			return nil
		})
	})
	if err != nil || !empty {
		return err
	}
	return guard(func() error { return db.Update(markFormat) })
}

// tidy removes what creations that were killed left beside the file. The
// caller holds the file's lock, so nobody has a use for them.
func tidy(path string) {
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), draft(path)))
	if err != nil {
		return
	}
	for _, name := range left {
		_ = os.Remove(name)
	}
}

package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/dcrbench/dcrbench/internal/vault"
)

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestNobodyElseMayRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permission bits are not the way of this system")
	}
	path := filepath.Join(t.TempDir(), "a", "b", "vault.db")
	v := open(t, path)
	if got := v.Warnings(); len(got) != 0 {
		t.Errorf("a new file gives warnings: %q", got)
	}
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700, filepath.Dir(filepath.Dir(path)): 0o700} {
		if got := mode(t, name); got != want {
			t.Errorf("mode of %q is %04o, want %04o", name, got, want)
		}
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	v = open(t, path)
	if got := v.Warnings(); len(got) != 1 || !strings.Contains(got[0], path) || !strings.Contains(got[0], "0644") {
		t.Errorf("warnings %q do not tell of the mode", got)
	}
	if got := mode(t, path); got != 0o600 {
		t.Errorf("mode is %04o, want 0600", got)
	}
}

func TestForeignFilesAreNamedAndLeftAlone(t *testing.T) {
	otherDatabase := func(t *testing.T, path string) {
		db, err := bolt.Open(path, 0o644, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(db.Update(func(tx *bolt.Tx) error {
			_, err := tx.CreateBucket([]byte("somebody else's"))
			return err
		}), db.Close())
		if err != nil {
			t.Fatal(err)
		}
	}
	content := func(b []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, write := range map[string]func(*testing.T, string){
		"a line of text":   content([]byte("hello\n")),
		"a long text":      content(bytes.Repeat([]byte("hello\n"), 1<<14)),
		"zeros":            content(make([]byte, 1<<16)),
		"another database": otherDatabase,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			write(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := vault.Open(path, vault.Options{}); !errors.Is(err, vault.ErrForeign) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want ErrForeign and the name", err)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed, error %v", err)
			}
			if runtime.GOOS != "windows" && mode(t, path) != 0o644 {
				t.Errorf("its mode is %04o now", mode(t, path))
			}
		})
	}
}

func TestAnEmptyFileBecomesAVault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, open(t, path).Namespace(target, digest), "d1")
}

func TestWhatCannotBeOpenedIsSaid(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"a folder":              dir,
		"a folder that is none": filepath.Join(file, "vault.db"),
	} {
		if _, err := vault.Open(path, vault.Options{}); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: error %v does not name it", name, err)
		}
	}
	if _, err := vault.Open(filepath.Join(dir, "new"), vault.Options{LockWait: -time.Second}); err == nil {
		t.Error("a negative lock wait is accepted")
	}
}

// TestDamageIsAnErrorAndNeverACrash spoils the file of a vault: whatever is
// opened or read then gives the right entry or an error.
func TestDamageIsAnErrorAndNeverACrash(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "vault.db")
	v := open(t, path)
	s := v.Namespace(target, digest)
	for i := range 500 {
		device := fmt.Sprintf("device-%04d", i)
		if err := s.PutAsync(device, entry(device)); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	noticed := 0
	for i := range 120 {
		bad := bytes.Clone(good)
		switch i % 3 {
		case 0:
			bad = bad[:rng.IntN(len(bad))]
		case 1:
			for range 200 {
				bad[rng.IntN(len(bad))] ^= byte(1 + rng.IntN(255))
			}
		case 2:
			at := rng.IntN(len(bad) / 4096)
			clear(bad[at*4096 : (at+1)*4096])
		}
		spoilt := filepath.Join(dir, fmt.Sprint("spoilt-", i))
		if err := os.WriteFile(spoilt, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if useDamaged(t, spoilt) != nil {
			noticed++
		}
	}
	if noticed < 60 {
		t.Errorf("only %d of 120 damages were noticed: nothing is proved", noticed)
	}
}

func useDamaged(t *testing.T, path string) error {
	v, err := vault.Open(path, vault.Options{LockWait: time.Second})
	if err != nil {
		return err
	}
	s := v.Namespace(target, digest)
	seen := 0
	err = s.Each(func(device string, e vault.Entry) error {
		seen++
		if e != entry(device) {
			t.Errorf("%s: %s has a wrong entry", path, device)
		}
		return nil
	})
	if err == nil && seen != 500 {
		err = errors.New("devices are missing")
	}
	putErr := s.Put(context.Background(), "device-0100", entry("device-0100"))
	_, _, loadErr := s.Load("device-0250")
	return errors.Join(err, putErr, loadErr, v.Close())
}

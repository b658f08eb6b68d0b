package vault_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/vault"
)

// The test binary plays the other process when this names its part.
const partVariable, pathVariable, lifeVariable = "VAULT_TEST_PART", "VAULT_TEST_PATH", "VAULT_TEST_LIFE"

func TestMain(m *testing.M) {
	switch os.Getenv(partVariable) {
	case "":
		os.Exit(m.Run())
	case "putter":
		playPutter(os.Getenv(pathVariable), os.Getenv(lifeVariable))
	case "holder":
		playHolder(os.Getenv(pathVariable))
	}
}

// playPutter stores devices without end and prints the name of each one that
// is durable.
func playPutter(path, life string) {
	v, err := vault.Open(path, vault.Options{LockWait: 30 * time.Second})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := v.Namespace(target, digest)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				device := fmt.Sprintf("%s-%d-%d", life, g, i)
				if err := s.Put(context.Background(), device, entry(device)); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println(device)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// playHolder keeps the vault open until its input ends.
func playHolder(path string) {
	v, err := vault.Open(path, vault.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("open")
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = v.Close()
}

func play(part, path, life string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"="+part, pathVariable+"="+path, lifeVariable+"="+life)
	cmd.Stderr = os.Stderr
	return cmd
}

func TestNoAcknowledgedDeviceIsLostToAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "vault.db")
	rng := rand.New(rand.NewPCG(1, 2))
	var durable []string
	for life := range 20 {
		cmd := play("putter", path, fmt.Sprint(life))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Kill it after some lines, or, every fourth time, at some moment of
		// its start, the making of the file included.
		lines := bufio.NewReader(out)
		if life%4 == 0 {
			time.AfterFunc(time.Duration(rng.IntN(30_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		} else {
			for range rng.IntN(300) {
				durable = appendLine(durable, lines)
			}
			_ = cmd.Process.Kill()
		}
		for before := -1; before < len(durable); {
			before = len(durable)
			durable = appendLine(durable, lines)
		}
		_ = cmd.Wait()
	}
	checkDurable(t, path, durable)
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) > 0 {
		t.Errorf("files left beside the vault: %v, error %v", left, err)
	}
}

// appendLine adds the next whole line, if there is one.
func appendLine(to []string, from *bufio.Reader) []string {
	line, err := from.ReadString('\n')
	if err != nil {
		return to
	}
	return append(to, strings.TrimSpace(line))
}

func checkDurable(t *testing.T, path string, durable []string) {
	t.Helper()
	if len(durable) < 300 {
		t.Errorf("only %d devices were acknowledged: nothing is proved", len(durable))
	}
	s := open(t, path).Namespace(target, digest)
	stored := map[string]bool{}
	err := s.Each(func(device string, e vault.Entry) error {
		stored[device] = e == entry(device)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, device := range durable {
		if !stored[device] {
			t.Errorf("%s was acknowledged and is lost", device)
		}
	}
	t.Logf("%d acknowledged, %d stored", len(durable), len(stored))
}

func TestASecondProcessIsToldWhoHoldsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault.db")
	cmd := play("holder", path, "")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Fatalf("the other process says %q, error %v", line, err)
	}
	_, err = vault.Open(path, vault.Options{LockWait: 100 * time.Millisecond})
	if !errors.Is(err, vault.ErrLocked) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "another run") {
		t.Errorf("error %v does not say that another run holds %q", err, path)
	}
	_ = in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestProcessesThatStartTogetherMakeOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault.db")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			v, err := vault.Open(path, vault.Options{LockWait: 30 * time.Second})
			if err != nil {
				t.Error(err)
				return
			}
			put(t, v.Namespace(target, digest), fmt.Sprint("d", i))
			if err := v.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	err := open(t, path).Namespace(target, digest).Each(func(string, vault.Entry) error { n++; return nil })
	if err != nil || n != 8 {
		t.Errorf("%d of 8 entries are there, error %v", n, err)
	}
}

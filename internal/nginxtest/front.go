// Package nginxtest runs real nginx as the throttle in front of a server and
// counts what its access log says: the independent oracle for the simulator's
// limiter and for a run's own counts. Only tests and scripts use it.
package nginxtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ErrMissing says that no nginx is installed.
var ErrMissing = errors.New("nginx is not installed; try: apt-get install nginx-light")

// Front is a running nginx.
type Front struct {
	// Addr is the host:port on which it listens.
	Addr string
	// AccessLog is the path of its access log, for Count.
	AccessLog string

	cmd  *exec.Cmd
	done chan error // receives how it ended
	// stop ends it once; later calls return the same.
	stop func() error
}

// startAttempts is how many ports are tried: between the moment a port is found
// free and the moment nginx listens on it, somebody else may take it.
const startAttempts = 5

// Start runs scripts/nginx-front/run.sh, with the options in args, in front of
// upstream (host:port), with its files under dir, and returns when it accepts
// connections. ErrMissing is returned when nginx is not installed.
func Start(ctx context.Context, upstream, dir string, args ...string) (*Front, error) {
	if !Installed() {
		return nil, ErrMissing
	}
	for attempt := 1; ; attempt++ {
		f, said, err := try(ctx, upstream, dir, args)
		if err == nil {
			return f, nil
		}
		if attempt == startAttempts || !strings.Contains(said, "Address already in use") {
			return nil, fmt.Errorf("nginx did not start: %w: %s", err, said)
		}
	}
}

// try takes one port. Where it fails it returns what nginx and its script said.
func try(ctx context.Context, upstream, dir string, args []string) (*Front, string, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, "", err
	}
	f := &Front{Addr: addr, AccessLog: filepath.Join(dir, "access.log"), done: make(chan error, 1)}
	f.cmd = exec.Command(script(), slices.Concat(args, []string{upstream, addr, dir})...)
	var said strings.Builder
	f.cmd.Stderr = &said
	if err := f.cmd.Start(); err != nil {
		return nil, "", err
	}
	go func() { f.done <- f.cmd.Wait() }()
	f.stop = sync.OnceValue(f.end)
	if err := f.await(ctx, filepath.Join(dir, "nginx.pid")); err != nil {
		f.cmd.Process.Kill()
		f.done <- <-f.done // wait for the end of what it says
		log, _ := os.ReadFile(filepath.Join(dir, "error.log"))
		return nil, said.String() + string(log), err
	}
	return f, "", nil
}

// Stop ends nginx and waits for it. Its log is complete then. It may be called
// more than once.
func (f *Front) Stop() error { return f.stop() }

func (f *Front) end() error {
	if err := f.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return <-f.done
}

// await returns when nginx has written its pid, which it does when it listens, or
// has ended. A connection alone would prove nothing: somebody else may have the port.
func (f *Front) await(ctx context.Context, pid string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		written, err := os.ReadFile(pid)
		if err == nil && strings.TrimSpace(string(written)) == strconv.Itoa(f.cmd.Process.Pid) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it does not listen on %s: %w", f.Addr, ctx.Err())
		case err := <-f.done:
			f.done <- err
			return fmt.Errorf("it ended: %w", err)
		case <-tick.C:
		}
	}
}

// Installed reports whether nginx can be found.
func Installed() bool {
	if _, err := exec.LookPath("nginx"); err == nil {
		return true
	}
	_, err := os.Stat("/usr/sbin/nginx")
	return err == nil
}

func freeAddr() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// script returns the path of run.sh in this source tree.
func script() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "scripts", "nginx-front", "run.sh")
}

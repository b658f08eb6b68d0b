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

// Start runs scripts/nginx-front/run.sh, with the options in args, in front of
// upstream (host:port), with its files under dir, and returns when it accepts
// connections. ErrMissing is returned when nginx is not installed.
func Start(ctx context.Context, upstream, dir string, args ...string) (*Front, error) {
	if !Installed() {
		return nil, ErrMissing
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	args = append(args, upstream, addr, dir)
	f := &Front{Addr: addr, AccessLog: filepath.Join(dir, "access.log"), done: make(chan error, 1)}
	f.cmd = exec.Command(script(), args...)
	var said strings.Builder
	f.cmd.Stderr = &said
	if err := f.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { f.done <- f.cmd.Wait() }()
	f.stop = sync.OnceValue(f.end)
	if err := f.await(ctx); err != nil {
		f.cmd.Process.Kill()
		f.done <- <-f.done // wait for the end of what it says
		log, _ := os.ReadFile(filepath.Join(dir, "error.log"))
		return nil, fmt.Errorf("nginx did not start: %w: %s%s", err, said.String(), log)
	}
	return f, nil
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

// await returns when nginx accepts a connection, or has ended.
func (f *Front) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := net.Dial("tcp", f.Addr)
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return err
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

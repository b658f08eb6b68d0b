package run

import (
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// kernelAlarm sleeps on a timer of the kernel that the runtime's poller watches.
// The poller itself sleeps in whole milliseconds; a descriptor that becomes
// readable wakes it within some ten microseconds. It costs one system call for
// each sleep, and no thread.
type kernelAlarm struct {
	file *os.File
	conn syscall.RawConn
	// rung is set from Ring until the Sleep that it ended.
	rung atomic.Bool

	// What follows belongs to the sleeper.
	d     time.Duration
	armed bool
	step  func(fd uintptr) bool
}

var _ Alarm = (*kernelAlarm)(nil)

// NewAlarm returns the most precise alarm of this system. It follows real time
// only. The error is the system's, such as too many open files.
func NewAlarm() (Alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("timerfd_create", err)
	}
	a := &kernelAlarm{file: os.NewFile(uintptr(fd), "timer")}
	if a.conn, err = a.file.SyscallConn(); err != nil {
		a.file.Close()
		return nil, err
	}
	a.step = a.arm
	return a, nil
}

func (a *kernelAlarm) Sleep(d time.Duration) {
	// A timer of 0 would never go off.
	a.d, a.armed = max(d, 1), false
	_ = a.conn.Read(a.step)
	a.rung.Store(false)
}

// arm is called first when the poller has forgotten what happened before, and
// then each time the timer has gone off. Setting a timer anew also forgets that
// it went off, so nothing need be read.
func (a *kernelAlarm) arm(fd uintptr) bool {
	if a.armed {
		return true
	}
	a.armed = true
	if set(fd, a.d) != nil {
		return true
	}
	return a.rung.Load()
}

func (a *kernelAlarm) Ring() {
	a.rung.Store(true)
	_ = a.conn.Control(func(fd uintptr) { _ = set(fd, 1) })
}

func (a *kernelAlarm) Close() error { return a.file.Close() }

func set(fd uintptr, d time.Duration) error {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
	return unix.TimerfdSettime(int(fd), 0, &spec, nil)
}

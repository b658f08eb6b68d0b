package run

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ownDescriptors is how many files the process holds open beside connections.
const ownDescriptors = 32

// Descriptors returns the limit on open files and for how many connections it
// leaves room, at least one.
func Descriptors() (limit, room int) {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil || l.Cur > 1<<30 {
		return 1 << 30, 1 << 30
	}
	return int(l.Cur), max(1, int(l.Cur)-ownDescriptors)
}

func processTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// tick is the unit of /proc/stat, which is a hundredth of a second to every
// program (proc_stat(5)).
const tick = time.Second / 100

// processorTime sums the lines of /proc/stat of the processors that the process
// may use.
func processorTime() (total, idle, stolen time.Duration, known bool) {
	var may unix.CPUSet
	data, err := os.ReadFile("/proc/stat")
	if err != nil || unix.SchedGetaffinity(0, &may) != nil {
		return 0, 0, 0, false
	}
	for line := range bytes.Lines(data) {
		fields := bytes.Fields(line)
		if len(fields) < 9 || !bytes.HasPrefix(fields[0], []byte("cpu")) {
			continue
		}
		n, err := strconv.Atoi(string(fields[0][len("cpu"):]))
		if err != nil || !may.IsSet(n) {
			continue
		}
		// user nice system idle iowait irq softirq steal
		for i, f := range fields[1:9] {
			n, _ := strconv.ParseInt(string(f), 10, 64)
			t := time.Duration(n) * tick
			total += t
			switch i {
			case 3, 4:
				idle += t
			case 7:
				stolen += t
			}
		}
	}
	return total, idle, stolen, total > 0
}

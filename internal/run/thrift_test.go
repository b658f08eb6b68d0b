package run

import (
	"runtime/debug"
	"testing"
	"unsafe"
)

func TestManyDevicesHaveGarbageCollectedEarly(t *testing.T) {
	now := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	start := debug.SetGCPercent(100)
	defer debug.SetGCPercent(start)
	restore := thrift(manyDevices)
	if now() != thriftyPercent {
		t.Errorf("with many devices the percentage is %d", now())
	}
	restore()
	if now() != 100 {
		t.Errorf("after the run the percentage is %d", now())
	}
	thrift(manyDevices - 1)()
	debug.SetGCPercent(300)
	restore = thrift(manyDevices)
	if now() != 300 {
		t.Errorf("a percentage of 300 became %d", now())
	}
	restore()
	if now() != 300 {
		t.Errorf("a percentage of 300 became %d", now())
	}
}

func TestALargeCrewHasGarbageCollectedEarly(t *testing.T) {
	start := debug.SetGCPercent(100)
	defer debug.SetGCPercent(start)
	now := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	var c crew
	for c.size = 1; c.size < manyHands; c.size++ {
		c.save()
	}
	if now() != 100 {
		t.Errorf("with %d hands the percentage is %d", c.size-1, now())
	}
	c.save()
	if now() != frugalPercent {
		t.Errorf("with %d hands the percentage is %d", c.size, now())
	}
	c.save()
	c.spend()
	if now() != 100 {
		t.Errorf("after the run the percentage is %d", now())
	}
	debug.SetGCPercent(5)
	c = crew{size: manyHands}
	c.save()
	c.spend()
	if now() != 5 {
		t.Errorf("a percentage of 5 became %d", now())
	}
}

// A device must not cost more than 300 bytes beside its own credentials: its slot,
// its place among the timers, and what the allocator rounds its strings up by.
func TestADeviceTakesLittleMemory(t *testing.T) {
	const timer, rounding = 16, 16
	if size := unsafe.Sizeof(slot{}) + timer + rounding; size > 300 {
		t.Errorf("%d bytes a device", size)
	}
}

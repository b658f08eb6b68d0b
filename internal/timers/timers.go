// Package timers keeps the devices that wait: a queue ordered by time, without
// a goroutine, a pointer or an allocation for each of them.
//
// The package is pure: it knows no clock; times are numbers to it.
package timers

import "slices"

// Timer says when a device wants to be asked again.
type Timer struct {
	// At is in nanoseconds, on whatever clock the driver uses.
	At int64
	// Device is the driver's number for the device.
	Device int32
}

// Before reports whether t comes out of a Queue before o: earlier, or at the
// same instant with the lower device number, so that a run is as repeatable as
// its clock.
func (t Timer) Before(o Timer) bool {
	return t.At < o.At || t.At == o.At && t.Device < o.Device
}

// Queue is a four-ary min-heap of timers: shallow, without pointers, and without
// an allocation for each event once it has grown. The zero Queue is empty and
// ready. It is not safe for concurrent use.
type Queue struct {
	heap []Timer
}

const arity = 4

// Len is the number of timers waiting.
func (q *Queue) Len() int { return len(q.heap) }

// Reset empties the queue and keeps its memory.
func (q *Queue) Reset() { q.heap = q.heap[:0] }

// Grow makes room for n timers, so that adding them copies nothing.
func (q *Queue) Grow(n int) { q.heap = slices.Grow(q.heap, n) }

// All returns the waiting timers in no particular order. The slice is the
// queue's own, valid until it changes; do not write to it.
func (q *Queue) All() []Timer { return q.heap }

// Push adds a timer and reports whether it became the earliest.
func (q *Queue) Push(t Timer) bool {
	q.heap = append(q.heap, t)
	i := len(q.heap) - 1
	for i > 0 {
		parent := (i - 1) / arity
		if !t.Before(q.heap[parent]) {
			break
		}
		q.heap[i] = q.heap[parent]
		i = parent
	}
	q.heap[i] = t
	return i == 0
}

// Peek returns the earliest timer, and false when there is none.
func (q *Queue) Peek() (Timer, bool) {
	if len(q.heap) == 0 {
		return Timer{}, false
	}
	return q.heap[0], true
}

// Pop removes the earliest timer. The queue must not be empty.
func (q *Queue) Pop() Timer {
	top := q.heap[0]
	last := q.heap[len(q.heap)-1]
	q.heap = q.heap[:len(q.heap)-1]
	if len(q.heap) > 0 {
		q.sink(last)
	}
	return top
}

// Swap adds t, removes the earliest of all timers and returns it: Push and Pop
// in one step.
func (q *Queue) Swap(t Timer) Timer {
	if len(q.heap) == 0 || !q.heap[0].Before(t) {
		return t
	}
	top := q.heap[0]
	q.sink(t)
	return top
}

// sink puts t in place from the root downwards.
func (q *Queue) sink(t Timer) {
	i, n := 0, len(q.heap)
	for {
		child := arity*i + 1
		if child >= n {
			break
		}
		least := child
		for c := child + 1; c < min(child+arity, n); c++ {
			if q.heap[c].Before(q.heap[least]) {
				least = c
			}
		}
		if !q.heap[least].Before(t) {
			break
		}
		q.heap[i] = q.heap[least]
		i = least
	}
	q.heap[i] = t
}

package run

// timer says when a device wants to be asked again.
type timer struct {
	at     int64
	device int32
}

// timers is a four-ary min-heap of timers: shallow, without pointers, and
// without an allocation for each event once it has grown. Timers for the same
// instant come out by device index, so that a run is as repeatable as its
// clock.
type timers struct {
	heap []timer
}

func (a timer) before(b timer) bool {
	return a.at < b.at || a.at == b.at && a.device < b.device
}

const arity = 4

// push adds a timer and reports whether it became the earliest.
func (q *timers) push(t timer) bool {
	q.heap = append(q.heap, t)
	i := len(q.heap) - 1
	for i > 0 {
		parent := (i - 1) / arity
		if !t.before(q.heap[parent]) {
			break
		}
		q.heap[i] = q.heap[parent]
		i = parent
	}
	q.heap[i] = t
	return i == 0
}

// peek returns the earliest timer, and false when there is none.
func (q *timers) peek() (timer, bool) {
	if len(q.heap) == 0 {
		return timer{}, false
	}
	return q.heap[0], true
}

// pop removes the earliest timer. The heap must not be empty.
func (q *timers) pop() timer {
	top := q.heap[0]
	last := q.heap[len(q.heap)-1]
	q.heap = q.heap[:len(q.heap)-1]
	if len(q.heap) > 0 {
		q.sink(last)
	}
	return top
}

// sink puts t in place from the root downwards.
func (q *timers) sink(t timer) {
	i, n := 0, len(q.heap)
	for {
		child := arity*i + 1
		if child >= n {
			break
		}
		least := child
		for c := child + 1; c < min(child+arity, n); c++ {
			if q.heap[c].before(q.heap[least]) {
				least = c
			}
		}
		if !q.heap[least].before(t) {
			break
		}
		q.heap[i] = q.heap[least]
		i = least
	}
	q.heap[i] = t
}

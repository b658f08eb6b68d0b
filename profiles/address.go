package profiles

import (
	"hash/fnv"
	"strconv"
)

// benchmarkAddresses is the size of 198.18.0.0/15, the block set aside for
// benchmarking (RFC 2544 appendix C.2.2); documentation addresses (RFC 3849)
// follow when it is used up. Neither belongs to anybody, and neither is private,
// which an address in X-Forwarded-For must not be (THR-05).
const benchmarkAddresses = 1 << 17

// chooseStreet returns where in the benchmarking block the population's addresses
// begin, when they fit: a function of fleet and seed, so that two fleets that
// run one after the other against one service hardly ever meet each other's
// throttle buckets.
func (p *Population) chooseStreet() int {
	if p.Addresses() > benchmarkAddresses {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(p.fleet.Name))
	return int(mix(h.Sum64()^p.seed) % benchmarkAddresses)
}

// Meets reports whether two populations share an address, so that one that runs
// after the other could find a throttle bucket that is not full.
func (p *Population) Meets(o *Population) bool {
	n, m := p.Addresses(), o.Addresses()
	if n == 0 || m == 0 {
		return false
	}
	if n > benchmarkAddresses || m > benchmarkAddresses {
		return true
	}
	gap := (o.street - p.street + benchmarkAddresses) % benchmarkAddresses
	return gap < n || benchmarkAddresses-gap < m
}

// address returns the address with a number in its canonical form, counted from
// the given place in the benchmarking block, which wraps around.
func address(street, id int) string {
	var buf [24]byte
	b := buf[:0]
	if id < benchmarkAddresses {
		id = (id + street) % benchmarkAddresses
		b = append(b, "198."...)
		b = strconv.AppendInt(b, int64(18+id>>16), 10)
		b = append(b, '.')
		b = strconv.AppendInt(b, int64(id>>8&0xff), 10)
		b = append(b, '.')
		b = strconv.AppendInt(b, int64(id&0xff), 10)
		return string(b)
	}
	// Every device gets a network of its own, as homes do; no group is zero, so
	// that nothing needs shortening.
	id -= benchmarkAddresses
	b = append(b, "2001:db8:"...)
	b = strconv.AppendInt(b, int64(1+id/0xffff), 16)
	b = append(b, ':')
	b = strconv.AppendInt(b, int64(1+id%0xffff), 16)
	b = append(b, "::1"...)
	return string(b)
}

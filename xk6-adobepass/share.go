package adobepass

import (
	"fmt"
	"math/big"
	"strings"

	"go.k6.io/k6/lib"
)

// share is the part of a population that lives on this instance: the devices
// from <= i < to. The shares of all instances of a test cover the population
// without overlap, however many there are, because each end is rounded in the
// same way and a device is a function of its index.
type share struct {
	from, to int
	// fraction is the instance's part of the whole, from 0 to 1.
	fraction float64
}

func (s share) size() int { return s.to - s.from }

func (s share) holds(i int) bool { return s.from <= i && i < s.to }

// shareOf returns the share of an execution segment, whose ends are fractions of
// the whole; nil is all of it.
func shareOf(segment *lib.ExecutionSegment, size int) (share, error) {
	if segment == nil {
		return share{0, size, 1}, nil
	}
	low, high, _ := strings.Cut(segment.String(), ":")
	from, ok := new(big.Rat).SetString(low)
	to, ok2 := new(big.Rat).SetString(high)
	if !ok || !ok2 {
		return share{}, fmt.Errorf("execution segment %q cannot be read", segment)
	}
	fraction, _ := new(big.Rat).Sub(to, from).Float64()
	return share{floor(from, size), floor(to, size), fraction}, nil
}

// floor is the whole part of r times n.
func floor(r *big.Rat, n int) int {
	product := new(big.Rat).Mul(r, new(big.Rat).SetInt64(int64(n)))
	return int(new(big.Int).Quo(product.Num(), product.Denom()).Int64())
}

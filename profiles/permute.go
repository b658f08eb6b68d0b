package profiles

// permutation is a bijection of [0, n) onto itself that needs no memory: an
// unbalanced Feistel network over a grid of rows times columns, walked until it
// comes back into [0, n). The grid is hardly larger than n, so that a walk is
// rarely longer than a step.
type permutation struct {
	n, rows, columns uint64
	keys             [6]uint64
}

// newPermutation returns the permutation of [0, n) that belongs to seed; n is at
// least 1.
func newPermutation(n, seed uint64) permutation {
	p := permutation{n: n, rows: 1}
	for p.rows*p.rows < n {
		p.rows++
	}
	p.columns = (n + p.rows - 1) / p.rows
	for i := range p.keys {
		p.keys[i] = mix(seed + uint64(i+1)*0x9e3779b97f4a7c15)
	}
	return p
}

// at returns where i goes.
func (p *permutation) at(i uint64) uint64 {
	for {
		row, column := i/p.columns, i%p.columns
		for r := 0; r < len(p.keys); r += 2 {
			row = (row + mix(column^p.keys[r])) % p.rows
			column = (column + mix(row^p.keys[r+1])) % p.columns
		}
		i = row*p.columns + column
		if i < p.n {
			return i
		}
	}
}

// mix spreads the bits of x over the whole word (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

package jsondoc

import "math"

// Int returns the value of a number that is integral and fits an int64,
// however it is written: 3600, 3600.0 and 36e2 are the same number. A string
// of digits, a fraction and a number out of range are not ok.
func (n Node) Int() (value int64, ok bool) {
	r := n.of(Number)
	if r == nil {
		return 0, false
	}
	raw := n.doc.src[r.start:r.end]
	negative := raw[0] == '-'
	if negative {
		raw = raw[1:]
	}
	magnitude, ok := integral(raw)
	switch {
	case !ok:
		return 0, false
	case negative && magnitude == 1<<63:
		return math.MinInt64, true
	case magnitude > math.MaxInt64:
		return 0, false
	case negative:
		return -int64(magnitude), true
	}
	return int64(magnitude), true
}

// integral reads an unsigned JSON number exactly. Zeros are held back until a
// digit follows them, so that they count as part of the exponent.
func integral(raw []byte) (value uint64, ok bool) {
	var exponent, zeros, digits int64
	fraction := false
	for i, c := range raw {
		if c == 'e' || c == 'E' {
			exponent += parseExponent(raw[i+1:])
			break
		}
		if c == '.' {
			fraction = true
			continue
		}
		if fraction {
			exponent--
		}
		if c == '0' {
			zeros++
			continue
		}
		if digits > 0 {
			digits += zeros
		}
		digits++
		if digits > 19 {
			return 0, false
		}
		if digits > 1 {
			value *= power10(zeros)
		}
		value, zeros = value*10+uint64(c-'0'), 0
	}
	if value == 0 {
		return 0, true
	}
	exponent += zeros
	if exponent < 0 || digits+exponent > 19 {
		return 0, false
	}
	return value * power10(exponent), true
}

// parseExponent saturates far beyond what any document's digits can undo.
func parseExponent(raw []byte) int64 {
	negative := raw[0] == '-'
	if negative || raw[0] == '+' {
		raw = raw[1:]
	}
	const huge = 1 << 40
	e := int64(0)
	for _, c := range raw {
		e = min(e*10+int64(c-'0'), huge)
	}
	if negative {
		return -e
	}
	return e
}

func power10(n int64) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

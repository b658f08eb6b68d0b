package jsondoc

import "slices"

// HasDuplicateKeys reports whether any object of the document has two members
// of the same unescaped name, which RFC 8259 section 4 calls unpredictable.
// The work is done on each call, in O(n log n) for n member names.
func (d *Doc) HasDuplicateKeys() bool {
	for i := range d.nodes {
		if d.nodes[i].kind == Object && d.nodes[i].count > 1 && d.repeatsName(int32(i)) {
			return true
		}
	}
	return false
}

func (d *Doc) repeatsName(object int32) bool {
	d.keys = d.keys[:0]
	for i := object + 1; i < d.nodes[object].next; i = d.nodes[i+1].next {
		d.keys = append(d.keys, i)
	}
	slices.SortFunc(d.keys, d.compareText)
	for i := 1; i < len(d.keys); i++ {
		if d.compareText(d.keys[i-1], d.keys[i]) == 0 {
			return true
		}
	}
	return false
}

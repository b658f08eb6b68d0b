package profiles

// Copy returns a fleet whose members and profiles can be changed without a
// change to f. What the profiles point to stays shared.
func (f *Fleet) Copy() *Fleet {
	copied := *f
	copied.Members = nil
	for _, m := range f.Members {
		profile := *m.Profile
		copied.Members = append(copied.Members, Member{Profile: &profile, Weight: m.Weight})
	}
	return &copied
}

// WithoutRelaunches returns a copy of the fleet whose apps start only when the
// driver says so.
func (f *Fleet) WithoutRelaunches() *Fleet {
	copied := f.Copy()
	for _, m := range copied.Members {
		m.Profile.Behaviour.Relaunches = 0
	}
	return copied
}

package result

// Notes says what the figures of doc mean, in plain words and the most important
// first. Every sentence follows from figures of doc alone.
func Notes(doc *Document) []string {
	notes := []string{}
	for _, insight := range []func(*Document) []string{
		sharedAddressNotes, culpritNotes, victimNotes, wasteNotes, predictionNotes,
		expiredNotes, failureNotes, errorNotes, latenessNotes, omissionNotes,
	} {
		notes = append(notes, insight(doc)...)
	}
	return notes
}

// member is a profile's figures with its place in the fleet.
type member struct {
	*Profile
	fleet FleetProfile
}

// members pairs the profiles that have figures with what the fleet says of them.
func members(doc *Document) []member {
	var all []member
	for i := range doc.Profiles {
		m := member{Profile: &doc.Profiles[i]}
		m.fleet = FleetProfile{Name: m.Name, ForwardsAddress: true, DevicesPerAddress: 1}
		for _, f := range doc.Fleet.Profiles {
			if f.Name == m.Name {
				m.fleet = f
			}
		}
		all = append(all, m)
	}
	return all
}

// misbehaves reports whether the traffic of the profile shows a fault of the
// client: needless registrations or tokens, or no wait after a 429.
func (m member) misbehaves() bool {
	k := m.TokenReuse
	return k.ReRegistrationsUnjustified > 0 || k.RedundantTokenRequests > 0 || m.Throttling.RetriedEarly > 0
}

// oneBucket reports whether all the profile's devices look like one to the
// throttle, because their requests carry no address.
func (m member) oneBucket() bool { return !m.fleet.ForwardsAddress && m.Devices > 1 }

// shares reports whether its devices share their bucket with other devices.
func (m member) shares() bool { return m.oneBucket() || m.fleet.DevicesPerAddress > 1 }

package profiles

// The words that stand for the policies in files, in the order of the
// constants.
var (
	networkNames    = []string{"own", "household", "carrier"}
	credentialNames = []string{"persisted", "per-launch"}
	tokenNames      = []string{"cached", "per-launch", "per-call", "past-expiry", "ahead"}
	throttleNames   = []string{"wait", "hammer", "backoff"}
	on401Names      = []string{"refresh", "register"}
	whenNames       = []string{"always", "signed-out", "signed-in"}
)

func nameOf(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return "unknown"
}

// String returns the kind's word in profile files.
func (k NetworkKind) String() string { return nameOf(networkNames, uint8(k)) }

// String returns the policy's word in profile files.
func (p CredentialPolicy) String() string { return nameOf(credentialNames, uint8(p)) }

// String returns the policy's word in profile files.
func (p TokenPolicy) String() string { return nameOf(tokenNames, uint8(p)) }

// String returns the policy's word in profile files.
func (p ThrottlePolicy) String() string { return nameOf(throttleNames, uint8(p)) }

// String returns the state's word in profile files.
func (w When) String() string { return nameOf(whenNames, uint8(w)) }

// String returns the range as profile files write it: 3s, or 2s..5s.
func (r Range) String() string {
	if r.Min == r.Max {
		return short(r.Min)
	}
	return short(r.Min) + ".." + short(r.Max)
}

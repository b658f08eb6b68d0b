package tally

import "time"

// Book is what the tally remembers of one device from exchange to exchange. It
// holds no pointer and takes 64 bytes at most, so that millions fit. The zero
// Book is a device without credentials. A device's exchanges come to its Book
// in the order in which they were sent.
type Book struct {
	// Times are nanoseconds since 1970; 0 is unset.
	tokenEarly, tokenExpiry int64
	lastThrottle            int64
	throttledSince          int64
	// arrival is the device's own bucket, as the time at which it is full again.
	arrival int64
	facts   fact
}

type fact uint16

const (
	// hasCredentials: the device has registered, now or in an earlier run.
	hasCredentials fact = 1 << iota
	// refused: the service refused the credentials since they were issued.
	refused
	// hasToken: a token was issued or restored.
	hasToken
	// restored: that token is from an earlier run and was not used yet.
	restored
	// unauthorized: a 401 came since the token was issued.
	unauthorized
	// renewedAfter401: the token replaced one that drew a 401.
	renewedAfter401
	// everThrottled: the device got a 429 that counted.
	everThrottled
)

func (f *fact) set(bit fact)     { *f |= bit }
func (f *fact) clear(bit fact)   { *f &^= bit }
func (f fact) has(bit fact) bool { return f&bit != 0 }

// earlyWindow is how long before its end a token may be replaced: the longer of
// five minutes and a tenth of its life (DCR-04, A-34), but never more than half
// of it, or no request for a token that lives for minutes could be redundant.
func earlyWindow(life time.Duration) time.Duration {
	return min(max(300*time.Second, life/10), life/2)
}

// RestoreCredentials notes that the device begins with credentials from an
// earlier run.
func (b *Book) RestoreCredentials() { b.facts.set(hasCredentials) }

// RestoreToken notes that the device begins with a token from an earlier run,
// which lives until expiry and lived for life in all.
func (b *Book) RestoreToken(expiry time.Time, life time.Duration) {
	b.facts.set(hasCredentials | hasToken | restored)
	b.holdToken(expiry, life)
}

// carry marks the token at hand as one from before the part that counts, so that
// the calls made with it are not without any token.
func (b *Book) carry() {
	if b.facts.has(hasToken) {
		b.facts.set(restored)
	}
}

func (b *Book) holdToken(expiry time.Time, life time.Duration) {
	b.tokenExpiry = expiry.UnixNano()
	b.tokenEarly = expiry.Add(-earlyWindow(life)).UnixNano()
}

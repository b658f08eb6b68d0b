package statement

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// StandIn returns a statement for a stand-in service, which has no key to verify
// it with: it looks like one signed with RS256, but its signature is drawn from
// rand, and no key exists that made it. To whoever does not know the key it is the
// same as a statement of a [NewThrowaway] that nobody keeps, without the good part
// of a second of processor time.
func StandIn(rand io.Reader, c Claims, now time.Time) (string, error) {
	payload, err := encodeClaims(dated(c, now))
	if err != nil {
		return "", fmt.Errorf("encoding claims: %w", err)
	}
	var keyID [256 / 8]byte
	var signature [minBits / 8]byte
	for _, random := range [][]byte{keyID[:], signature[:]} {
		if _, err := io.ReadFull(rand, random); err != nil {
			return "", fmt.Errorf("drawing a signature: %w", err)
		}
	}
	// It is a number below the modulus.
	signature[0] &= 0x7f
	header, err := json.Marshal(fields{"alg": "RS256", "kid": encode(keyID[:]), "typ": "JWT"})
	if err != nil {
		return "", err
	}
	return compact(header, payload, signature[:])
}

package adobepass

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/device"
)

// keepsake is a device's credentials in little memory, which a fleet of a hundred
// thousand devices has most of. The zero value holds none.
type keepsake struct {
	// text is the client id, its secret and the token, one after the other.
	text string
	// secretAt and tokenAt are where the latter two begin.
	secretAt, tokenAt uint32
	// issued and expires are nanoseconds since 1970; 0 without a token.
	issued, expires int64
}

func keep(c device.Credentials) keepsake {
	k := keepsake{
		text: c.ClientID + c.ClientSecret + c.AccessToken, secretAt: uint32(len(c.ClientID)),
		tokenAt: uint32(len(c.ClientID) + len(c.ClientSecret)),
	}
	if c.AccessToken != "" {
		k.issued, k.expires = c.TokenIssued.UnixNano(), c.TokenExpires.UnixNano()
	}
	return k
}

// credentials are what was kept.
func (k *keepsake) credentials() device.Credentials {
	c := device.Credentials{ClientID: k.text[:k.secretAt], ClientSecret: k.text[k.secretAt:k.tokenAt], AccessToken: k.text[k.tokenAt:]}
	if c.AccessToken != "" {
		c.TokenIssued, c.TokenExpires = time.Unix(0, k.issued), time.Unix(0, k.expires)
	}
	return c
}

// registered reports whether there is a client id.
func (k *keepsake) registered() bool { return k.secretAt > 0 }

// dropToken forgets the token alone.
func (k *keepsake) dropToken() {
	c := k.credentials()
	c.AccessToken = ""
	*k = keep(c)
}

package adobepass

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/device"
)

func TestAKeepsakeGivesBackWhatItWasGiven(t *testing.T) {
	issued := time.Unix(1_800_000_000, 5)
	for _, c := range []device.Credentials{
		{},
		{ClientID: "id", ClientSecret: "secret"},
		{ClientID: "id"},
		{ClientID: "id", ClientSecret: "secret", AccessToken: "token", TokenIssued: issued, TokenExpires: issued.Add(time.Hour)},
	} {
		k := keep(c)
		if got := k.credentials(); got != c || k.registered() != (c.ClientID != "") {
			t.Errorf("%+v came back as %+v, registered %v", c, got, k.registered())
		}
		k.dropToken()
		c.AccessToken, c.TokenIssued, c.TokenExpires = "", time.Time{}, time.Time{}
		if got := k.credentials(); got != c {
			t.Errorf("without its token it is %+v, want %+v", got, c)
		}
	}
}

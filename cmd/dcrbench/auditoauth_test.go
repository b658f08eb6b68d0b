package main

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/dcrbench/dcrbench/internal/api"
)

// TestAStandardOAuthClientIsJudged drives a client that nobody here wrote.
func TestAStandardOAuthClientIsJudged(t *testing.T) {
	for _, tt := range []struct {
		name  string
		reuse bool
		style oauth2.AuthStyle
		want  []string
	}{
		// It knows nothing of X-Device-Info, which its token requests lack.
		{"one source of tokens", true, oauth2.AuthStyleInParams, []string{"DCR-15"}},
		{"a source for each call", false, oauth2.AuthStyleInParams, []string{"DCR-04", "DCR-05", "DCR-15"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc, _ := liveAudit(t, func(t *testing.T, base string) {
				a := &app{t: t, base: base}
				a.register()
				c := clientcredentials.Config{ClientID: a.client, ClientSecret: a.secret, TokenURL: base + "/o/client/token", AuthStyle: tt.style}
				client := c.Client(t.Context())
				for range 6 {
					if !tt.reuse {
						client = c.Client(t.Context())
					}
					callWith(t, client, base)
				}
			}, "--throttle", "off")
			if got := brokenIn(doc); !slices.Equal(got, tt.want) {
				t.Errorf("broken %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAClientThatAuthenticatesByHeaderIsTold(t *testing.T) {
	doc, _ := liveAudit(t, func(t *testing.T, base string) {
		a := &app{t: t, base: base}
		a.register()
		c := clientcredentials.Config{ClientID: a.client, ClientSecret: a.secret, TokenURL: base + "/o/client/token", AuthStyle: oauth2.AuthStyleInHeader}
		if _, err := c.Token(t.Context()); err == nil {
			t.Error("the service took credentials in a header")
		}
	})
	if got, want := brokenIn(doc), []string{"DCR-13", "DCR-15"}; !slices.Equal(got, want) {
		t.Errorf("broken %v, want %v", got, want)
	}
}

func callWith(t *testing.T, client *http.Client, base string) {
	t.Helper()
	q, err := http.NewRequestWithContext(context.Background(), "GET", base+"/api/v2/EXAMPLE/profiles", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("AP-Device-Identifier", api.DeviceIdentifier("app"))
	q.Header.Set("X-Device-Info", "eyJtb2RlbCI6IkJveCIsIm9zTmFtZSI6IkxpbnV4In0=")
	res, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != 200 {
		t.Errorf("status %d, %v", res.StatusCode, err)
	}
}

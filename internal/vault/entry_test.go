package vault

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"strings"
	"testing"
	"time"
)

const aDevice = "device-0007"

var full = Entry{
	ClientID: "id-hunter2", ClientSecret: "secret-hunter2", AccessToken: "token-hunter2",
	TokenIssued: time.Date(2026, 3, 1, 12, 0, 0, 1, time.UTC), TokenExpires: time.Date(2026, 3, 2, 12, 0, 0, 999999999, time.UTC),
}

func TestEntriesSurviveTheirEncoding(t *testing.T) {
	for name, want := range map[string]Entry{
		"nothing":                    {},
		"everything":                 full,
		"credentials only":           {ClientID: "a", ClientSecret: "b", TokenIssued: full.TokenIssued},
		"a token only":               {AccessToken: "t", TokenExpires: full.TokenExpires},
		"a time before the epoch":    {TokenExpires: time.Date(1601, 1, 1, 0, 0, 0, 5, time.UTC)},
		"a long token":               {AccessToken: strings.Repeat("x", maxText)},
		"bytes that are not a text":  {ClientSecret: "\x00\xff\n"},
		"the first second there was": {TokenIssued: time.Unix(0, 0).UTC()},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := encodeEntry(aDevice, want)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := decodeEntry(aDevice, b); err != nil || got != want {
				t.Errorf("got another entry, error %v", err)
			}
		})
	}
}

func TestTimesAreStoredAsInstants(t *testing.T) {
	b, err := encodeEntry(aDevice, Entry{TokenExpires: full.TokenExpires.In(time.FixedZone("", 3600))})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeEntry(aDevice, b); err != nil || got.TokenExpires != full.TokenExpires {
		t.Errorf("got %v, error %v; want %v", got.TokenExpires, err, full.TokenExpires)
	}
}

func TestBadEncodingsAreRefused(t *testing.T) {
	good, err := encodeEntry(aDevice, full)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"", "device-0008", aDevice + "7"} {
		if _, err := decodeEntry(other, good); !errors.Is(err, errEntry) {
			t.Errorf("the entry of %s reads as that of %q", aDevice, other)
		}
	}
	for i := range good {
		flipped := bytes.Clone(good)
		flipped[i] ^= 0x10
		if _, err := decodeEntry(aDevice, flipped); err == nil {
			t.Errorf("a flipped bit in byte %d goes unnoticed", i)
		}
		if _, err := decodeEntry(aDevice, good[:i]); err == nil {
			t.Errorf("an entry cut to %d bytes goes unnoticed", i)
		}
	}
	for name, body := range map[string][]byte{
		"bytes left over":          {entryVersion, 0, 0, 0, 0, 0},
		"a length beyond the end":  {entryVersion, 0, 9, 'x'},
		"an endless length":        append([]byte{entryVersion, 0}, bytes.Repeat([]byte{0xff}, 12)...),
		"an unknown flag":          {entryVersion, 4, 0, 0, 0},
		"a missing time":           {entryVersion, hasExpires},
		"too many nanoseconds":     binary.AppendUvarint([]byte{entryVersion, hasExpires, 2}, uint64(time.Second)),
		"version zero":             {0, 0, 0, 0, 0},
		"the texts cut off":        {entryVersion, 0, 0},
		"a text of a billion byte": binary.AppendUvarint([]byte{entryVersion, 0}, 1<<30),
	} {
		if _, err := decodeEntry(aDevice, sealed(body)); !errors.Is(err, errEntry) {
			t.Errorf("%s: error %v, want %v", name, err, errEntry)
		}
	}
	if _, err := decodeEntry(aDevice, sealed([]byte{entryVersion + 1, 9, 9})); !errors.Is(err, errNewerEntry) {
		t.Errorf("a newer version: error %v, want %v", err, errNewerEntry)
	}
	if _, err := encodeEntry(aDevice, Entry{AccessToken: strings.Repeat("x", maxText+1)}); err == nil {
		t.Error("a token of more than a megabyte is stored")
	}
}

func sealed(body []byte) []byte {
	return binary.BigEndian.AppendUint32(bytes.Clone(body), checksum(aDevice, body))
}

func TestPrintingShowsNoSecret(t *testing.T) {
	const want = "vault.Entry{credentials, token until 2026-03-02T12:00:00Z}"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%t", "%10.3v"} {
		for _, v := range []any{full, &full} {
			if got := fmt.Sprintf(verb, v); got != want {
				t.Errorf("%s of %T prints %q", verb, v, got)
			}
		}
		if got := fmt.Sprintf(verb, struct{ E Entry }{full}); strings.Contains(got, "hunter2") {
			t.Errorf("%s inside a struct prints %q", verb, got)
		}
	}
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "entry", full, "pointer", &full, "inside", []Entry{full})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "entry", full, "pointer", &full, "inside", []Entry{full})
	if err := json.NewEncoder(&out).Encode(map[string]any{"e": full}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "hunter2") || !strings.Contains(out.String(), "token until") {
		t.Errorf("logged: %s", out.String())
	}
	if got := (Entry{}).String(); got != "vault.Entry{nothing}" {
		t.Errorf("the zero entry prints %q", got)
	}
}

// FuzzDecodeEntry seals arbitrary bodies, so that the checksum does not keep
// the fuzzer out: whatever decodes must survive being stored again.
func FuzzDecodeEntry(f *testing.F) {
	for _, e := range []Entry{{}, full, {AccessToken: "t"}} {
		b, err := encodeEntry(aDevice, e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:len(b)-crc32.Size])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, _ = decodeEntry(aDevice, body)
		e, err := decodeEntry(aDevice, sealed(body))
		if err != nil {
			return
		}
		b, err := encodeEntry(aDevice, e)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := decodeEntry(aDevice, b); err != nil || again != e {
			t.Fatalf("stored again it reads as another entry, error %v", err)
		}
	})
}

package api

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestDeviceIdentifierVectors(t *testing.T) {
	for _, v := range deviceVectors {
		if got := Fingerprint(v.digest); got != v.identifier {
			t.Errorf("%s: Fingerprint(%s) = %q, want %q", v.name, v.digest, got, v.identifier)
		}
		if got, err := ParseDeviceIdentifier(v.identifier); got != v.digest || err != nil {
			t.Errorf("%s: ParseDeviceIdentifier = %q, %v, want %q", v.name, got, err, v.digest)
		}
	}
	// The header page's sample carries a UUID without a hash.
	const want = "fingerprint YmEyM2QxNDEtZDcxNS01NjFjLTk0ZjQtZTllNGM5NjZiMWVi"
	if got := Fingerprint("ba23d141-d715-561c-94f4-e9e4c966b1eb"); got != want {
		t.Errorf("Fingerprint of the sample = %q, want %q", got, want)
	}
}

func TestDeviceIdentifierIsTheHexDigestInBase64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.String().Draw(t, "id")
		sum := sha256.Sum256([]byte(id))
		header := DeviceIdentifier(id)
		if got, err := ParseDeviceIdentifier(header); got != hex.EncodeToString(sum[:]) || err != nil {
			t.Fatalf("%q reads %q, %v", header, got, err)
		}
	})
}

// identifierForm is the form as the contract gives it.
var identifierForm = regexp.MustCompile(`^fingerprint [A-Za-z0-9+/_-]+={0,2}$`)

func TestValidDeviceIdentifierAgreesWithTheDocumentedForm(t *testing.T) {
	headers := []string{
		"", "fingerprint", "fingerprint ", "fingerprint =", "fingerprint ==", "fingerprint ===", "fingerprint a",
		"fingerprint a=", "fingerprint a==", "fingerprint a===", "fingerprint a=b", "fingerprint  a", "Fingerprint a",
		"fingerprint a ", "fingerprint a\n", "fingerprint +/_-", "fingerprint ä", "uuid a", " fingerprint a", "a",
	}
	for _, header := range headers {
		if got, want := ValidDeviceIdentifier(header), identifierForm.MatchString(header); got != want {
			t.Errorf("ValidDeviceIdentifier(%q) = %v, want %v", header, got, want)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		if !ValidDeviceIdentifier(deviceVectors[0].identifier) {
			t.Fail()
		}
	}); n != 0 {
		t.Errorf("ValidDeviceIdentifier allocates %v times", n)
	}
}

func TestParseDeviceIdentifierToleratesTheAlphabets(t *testing.T) {
	for header, want := range map[string]string{
		"fingerprint Pz8/Pg==": "???>", "fingerprint Pz8_Pg": "???>", "fingerprint Pj4+": ">>>", "fingerprint Pj4-": ">>>",
	} {
		if got, err := ParseDeviceIdentifier(header); got != want || err != nil {
			t.Errorf("ParseDeviceIdentifier(%q) = %q, %v, want %q", header, got, err, want)
		}
	}
	for _, header := range []string{"", "fingerprint A", "fingerprint A===", "mac QUJD", "fingerprint QU JD"} {
		if got, err := ParseDeviceIdentifier(header); err == nil {
			t.Errorf("ParseDeviceIdentifier(%q) = %q, want an error", header, got)
		}
	}
}

func FuzzParseDeviceIdentifier(f *testing.F) {
	f.Add("fingerprint Pz8_Pg==")
	f.Add("fingerprint \n=")
	f.Fuzz(func(t *testing.T, header string) {
		if ValidDeviceIdentifier(header) != identifierForm.MatchString(header) {
			t.Fatalf("%q: disagrees with the form", header)
		}
		if id, err := ParseDeviceIdentifier(header); err == nil {
			if again, err := ParseDeviceIdentifier(Fingerprint(id)); id != again || err != nil {
				t.Fatalf("%q does not survive: %q, %v", header, again, err)
			}
		}
	})
}

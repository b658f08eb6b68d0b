package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// fingerprintPrefix begins every AP-Device-Identifier: fingerprint is the only
// type that its header page defines.
const fingerprintPrefix = "fingerprint "

var errDeviceIdentifier = errors.New(`device identifier is not "fingerprint <base64>"`)

// DeviceIdentifier returns the AP-Device-Identifier of a device whose platform
// calls it id: the SHA-256 of id in lower-case hex, in standard base64. The
// hash is a recommendation of the header page, the hex our choice.
func DeviceIdentifier(id string) string {
	sum := sha256.Sum256([]byte(id))
	var value [2 * sha256.Size]byte
	hex.Encode(value[:], sum[:])
	return fingerprint(value[:])
}

// Fingerprint returns the AP-Device-Identifier that carries value as it is,
// as the header page's own sample does with a UUID.
func Fingerprint(value string) string {
	return fingerprint([]byte(value))
}

func fingerprint(value []byte) string {
	var buf [128]byte
	return string(base64.StdEncoding.AppendEncode(append(buf[:0], fingerprintPrefix...), value))
}

// ValidDeviceIdentifier reports whether an AP-Device-Identifier has the form
// that the header page gives: the word fingerprint, one space, and at least one
// character of either base64 alphabet with up to two padding characters.
func ValidDeviceIdentifier(header string) bool {
	value, ok := strings.CutPrefix(header, fingerprintPrefix)
	if !ok {
		return false
	}
	for range 2 {
		value = strings.TrimSuffix(value, "=")
	}
	if value == "" {
		return false
	}
	for i := range len(value) {
		if !base64Char(value[i]) {
			return false
		}
	}
	return true
}

func base64Char(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return c == '+' || c == '/' || c == '-' || c == '_'
}

// ParseDeviceIdentifier returns the identifier inside an AP-Device-Identifier,
// in either base64 alphabet, padded or not. The error says that the
// header is malformed and does not repeat it.
func ParseDeviceIdentifier(header string) (string, error) {
	if !ValidDeviceIdentifier(header) {
		return "", errDeviceIdentifier
	}
	id, err := decodeBase64(header[len(fingerprintPrefix):])
	if err != nil {
		return "", errDeviceIdentifier
	}
	return string(id), nil
}

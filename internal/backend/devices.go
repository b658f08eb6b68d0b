package backend

import (
	"fmt"

	"github.com/cespare/xxhash/v2"

	"github.com/dcrbench/dcrbench/internal/api"
)

// deviceKind is what the service makes of an X-Device-Info header.
type deviceKind struct {
	hardware, os string
	// object is the device member of a retrieved session.
	object []byte
}

// maxDeviceKinds bounds the headers whose reading is remembered.
const maxDeviceKinds = 4096

// deviceTable remembers headers by their hash: a fleet has few kinds of devices
// and sends their descriptions all the time.
type deviceTable struct {
	kinds map[uint64]*deviceKind
	none  *deviceKind
}

// lookup reads a header. One that is missing or bad makes an unknown device
//
func (t *deviceTable) lookup(header string) *deviceKind {
	if t.kinds == nil {
		t.kinds, t.none = map[uint64]*deviceKind{}, newDeviceKind(nil)
	}
	if header == "" {
		return t.none
	}
	hash := xxhash.Sum64String(header)
	if kind, ok := t.kinds[hash]; ok {
		return kind
	}
	info, err := api.ParseDeviceInfo(header)
	if err != nil {
		return t.none
	}
	kind := newDeviceKind(info)
	if len(t.kinds) < maxDeviceKinds {
		t.kinds[hash] = kind
	}
	return kind
}

// numbered returns the hash under which lookup finds the header again.
func (t *deviceTable) numbered(header string) uint64 {
	t.lookup(header)
	return xxhash.Sum64String(header)
}

// kind returns what numbered has noted.
func (t *deviceTable) kind(hash uint64) *deviceKind {
	if kind, ok := t.kinds[hash]; ok {
		return kind
	}
	return t.lookup("")
}

func newDeviceKind(info api.DeviceInfo) *deviceKind {
	text := func(key string) string {
		value, ok := info.Get(key)
		if !ok || value == nil {
			return ""
		}
		return fmt.Sprint(value)
	}
	k := &deviceKind{hardware: text("primaryHardwareType"), os: text("osName")}
	if k.hardware == "" {
		k.hardware = "Unknown"
	}
	if k.os == "" {
		k.os = "Unknown"
	}
	b := append([]byte(nil), '{')
	b = appendMember(b, "type", k.hardware)
	b = append(b, ',')
	b = appendMember(b, "model", text("model"))
	b = append(b, `,"version":{`...)
	b = appendMember(b, "name", text("version"))
	b = append(b, `},"hardware":{`...)
	b = appendMember(b, "manufacturer", text("manufacturer"))
	b = append(b, `},"operatingSystem":{`...)
	b = appendMember(b, "name", k.os)
	b = append(b, ',')
	b = appendMember(b, "version", text("osVersion"))
	b = append(b, `},"browser":{`...)
	b = appendMember(b, "name", text("browserName"))
	b = append(b, `},"display":{`...)
	b = appendMember(b, "width", text("displayWidth"))
	b = append(b, ',')
	b = appendMember(b, "height", text("displayHeight"))
	b = append(b, `},`...)
	b = appendMember(b, "applicationId", text("applicationId"))
	b = append(b, `,"connection":{`...)
	b = appendMember(b, "type", text("connectionType"))
	k.object = append(b, `}}`...)
	return k
}

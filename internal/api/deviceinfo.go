package api

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// DeviceInfoField is one member of the X-Device-Info object.
type DeviceInfoField struct {
	// Key is the member's name; DeviceInfoKeys lists the documented ones.
	Key string
	// Value is a string, int, float64 or bool. ParseDeviceInfo puts nil for a
	// null, an array or an object, which no documented key has.
	Value any
}

// DeviceInfo is the content of an X-Device-Info header, in the order in which
// it travels. Comparing two headers as text needs that order, so it is kept.
type DeviceInfo []DeviceInfoField

// Get returns the value of the first field called key, and whether there is one.
func (d DeviceInfo) Get(key string) (any, bool) {
	for i := range d {
		if d[i].Key == key {
			return d[i].Value, true
		}
	}
	return nil, false
}

// Encode returns the header value: the compact JSON object in standard base64
// with padding, the strict reading of A-37. Values of other types than the four
// of DeviceInfoField, and floats that JSON cannot express, become null.
func (d DeviceInfo) Encode() string {
	return base64.StdEncoding.EncodeToString(d.AppendJSON(nil))
}

// AppendJSON adds the compact JSON object to b.
func (d DeviceInfo) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	for i := range d {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, d[i].Key)
		b = append(b, ':')
		b = appendJSONScalar(b, d[i].Value)
	}
	return append(b, '}')
}

func appendJSONScalar(b []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return appendJSONString(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			break
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	return append(b, "null"...)
}

// Errors of ParseDeviceInfo. They do not repeat the header.
var (
	errDeviceInfoBase64 = errors.New("device info is not base64")
	errDeviceInfoJSON   = errors.New("device info is not a JSON object in UTF-8")
)

// ParseDeviceInfo reads an X-Device-Info header, tolerant of the URL-safe
// alphabet, missing padding and percent-encoding. The errors are the two
// defects that every reading of A-13 rejects: no base64, no JSON object.
// What the object holds is for Validate to judge.
func ParseDeviceInfo(header string) (DeviceInfo, error) {
	raw, err := decodeBase64(unescapePercent(header))
	if err != nil {
		return nil, errDeviceInfoBase64
	}
	var doc jsondoc.Doc
	if err := doc.Parse(raw); err != nil || !utf8.Valid(raw) {
		return nil, errDeviceInfoJSON
	}
	root := doc.Root()
	if root.Kind() != jsondoc.Object {
		return nil, errDeviceInfoJSON
	}
	info := make(DeviceInfo, 0, root.Len())
	for key, value := range root.Members() {
		info = append(info, DeviceInfoField{key.Text(), scalar(value)})
	}
	return info, nil
}

// scalar returns a JSON scalar as one of DeviceInfoField's types, or nil.
func scalar(n jsondoc.Node) any {
	switch n.Kind() {
	case jsondoc.String:
		return n.Text()
	case jsondoc.Bool:
		b, _ := n.Bool()
		return b
	case jsondoc.Number:
		if i, ok := n.Int(); ok && int64(int(i)) == i {
			return int(i)
		}
		if f, err := strconv.ParseFloat(string(n.Raw()), 64); err == nil {
			return f
		}
	}
	return nil
}

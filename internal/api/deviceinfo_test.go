package api

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDeviceInfoEncodesByteForByteLikeTheVectors(t *testing.T) {
	if len(deviceVectors) != 18 {
		t.Fatalf("%d vectors, want 18", len(deviceVectors))
	}
	for _, v := range deviceVectors {
		if got := v.info.Encode(); got != v.header {
			t.Errorf("%s: Encode() = %s, want %s", v.name, got, v.header)
		}
		if !StrictBase64(v.header) {
			t.Errorf("%s: header is not strict base64", v.name)
		}
		got, err := ParseDeviceInfo(v.header)
		if diff := cmp.Diff(v.info, got); err != nil || diff != "" {
			t.Errorf("%s: ParseDeviceInfo: %v\n%s", v.name, err, diff)
		}
	}
}

func TestDeviceInfoVectorsHaveTheKnownProblems(t *testing.T) {
	for _, v := range deviceVectors {
		var strict []string
		for _, p := range v.info.Validate(true) {
			strict = append(strict, p.Key+"="+p.Value)
		}
		if !slices.Equal(strict, v.strict) {
			t.Errorf("%s: strict problems %q, want %q", v.name, strict, v.strict)
		}
		if tolerant := v.info.Validate(false); tolerant != nil {
			t.Errorf("%s: tolerant problems %v, want none", v.name, tolerant)
		}
	}
}

func TestDeviceInfoTableIsWhole(t *testing.T) {
	required, closed := 0, 0
	for _, key := range DeviceInfoKeys() {
		if key.Required {
			required++
		}
		if key.Values != nil {
			closed++
		}
		if found, ok := LookupDeviceInfoKey(key.Name); !ok || found.Name != key.Name {
			t.Errorf("LookupDeviceInfoKey(%q) = %v, %v", key.Name, found, ok)
		}
	}
	if n := len(DeviceInfoKeys()); n != 22 || required != 5 || closed != 7 {
		t.Errorf("%d keys, %d required, %d closed, want 22, 5, 7", n, required, closed)
	}
	for name, want := range map[string]int{
		"primaryHardwareType": 18, "osName": 11, "osFamily": 12, "osVendor": 12, "browserName": 9, "browserVendor": 11,
		"connectionSecure": 2,
	} {
		if key, _ := LookupDeviceInfoKey(name); len(key.Values) != want {
			t.Errorf("%s has %d values, want %d", name, len(key.Values), want)
		}
	}
}

// good is a device info without problems; with replaces or adds a value.
func good(with ...DeviceInfoField) DeviceInfo {
	info := DeviceInfo{
		{"model", "PC"}, {"version", "1"}, {"osName", "Windows"}, {"osVersion", "10"}, {"connectionType", "LAN"},
	}
	for _, f := range with {
		i := slices.IndexFunc(info, func(g DeviceInfoField) bool { return g.Key == f.Key })
		if i < 0 {
			info = append(info, f)
			continue
		}
		info[i] = f
	}
	return info
}

func TestDeviceInfoValidateFindsEachDefect(t *testing.T) {
	tests := []struct {
		name             string
		info             DeviceInfo
		strict, tolerant []string
	}{
		{"nothing wrong", good(), nil, nil},
		{"no fields", DeviceInfo{},
			[]string{"model", "version", "osName", "osVersion", "connectionType"},
			[]string{"model", "version", "osName", "osVersion", "connectionType"}},
		{"a required value is empty", good(DeviceInfoField{"osName", ""}), []string{"osName"}, []string{"osName"}},
		{"an unknown key", good(DeviceInfoField{"type", "pad"}), []string{"type"}, nil},
		{"a name from the list of families", good(DeviceInfoField{"osName", "Tizen"}), []string{"osName"}, nil},
		{"a family from the list of names", good(DeviceInfoField{"osFamily", "OS X"}), []string{"osFamily"}, nil},
		{"a name that only the cookbook has", good(DeviceInfoField{"osName", "Roku"}), []string{"osName"}, nil},
		{"a name nobody has", good(DeviceInfoField{"osName", "BeOS"}), []string{"osName"}, []string{"osName"}},
		{"a name in another case", good(DeviceInfoField{"osName", "windows"}), []string{"osName"}, []string{"osName"}},
		{"a hardware type of the server's own list", good(DeviceInfoField{"primaryHardwareType", "Projector"}), []string{"primaryHardwareType"}, nil},
		{"a secure flag as a boolean", good(DeviceInfoField{"connectionSecure", true}), nil, nil},
		{"a secure flag as a string", good(DeviceInfoField{"connectionSecure", "false"}), nil, nil},
		{"a secure flag as a number", good(DeviceInfoField{"connectionSecure", 1}), []string{"connectionSecure"}, []string{"connectionSecure"}},
		{"a free value", good(DeviceInfoField{"connectionType", "otherNetwork"}), nil, nil},
		{"a null", good(DeviceInfoField{"vendor", nil}), []string{"vendor"}, []string{"vendor"}},
		{"a repeated key", append(good(), DeviceInfoField{"model", "TV"}), []string{"model"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for strict, want := range map[bool][]string{true: tt.strict, false: tt.tolerant} {
				var got []string
				for _, p := range tt.info.Validate(strict) {
					got = append(got, p.Key)
					if p.Want == "" || !strings.HasPrefix(p.String(), p.Key+": ") {
						t.Errorf("problem %+v reads %q", p, p)
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("Validate(%v) finds %q, want %q", strict, got, want)
				}
			}
		})
	}
}

func TestParseDeviceInfoToleratesTheSpellingsOfBase64(t *testing.T) {
	// The question marks and tildes give characters in which the alphabets differ.
	info := DeviceInfo{{"model", "???>>>~~~ü"}, {"displayWidth", 1920}, {"displayPpi", 1.5}}
	std := info.Encode()
	if !strings.ContainsAny(std, "+/") {
		t.Fatalf("%s does not tell the alphabets apart", std)
	}
	urlSafe := strings.NewReplacer("+", "-", "/", "_").Replace(std)
	for _, header := range []string{
		std, urlSafe, strings.TrimRight(std, "="), strings.TrimRight(urlSafe, "="),
		strings.NewReplacer("+", "%2B", "/", "%2f", "=", "%3D").Replace(std),
	} {
		got, err := ParseDeviceInfo(header)
		if diff := cmp.Diff(info, got); err != nil || diff != "" {
			t.Errorf("ParseDeviceInfo(%q): %v\n%s", header, err, diff)
		}
	}
	for _, header := range []string{urlSafe, std[:8] + "\n" + std[8:], " " + std, "", "!", "QQ", "QR=="} {
		if header != std && StrictBase64(header) {
			t.Errorf("StrictBase64(%q) = true", header)
		}
	}
}

func TestParseDeviceInfoRefusesWhatEveryReadingRefuses(t *testing.T) {
	plain := base64.StdEncoding.EncodeToString
	for _, header := range []string{
		"", "a", "äöü", "{}", plain(nil), plain([]byte("[]")), plain([]byte(`"model"`)), plain([]byte(`{"model":"a" "b":1}`)),
		plain([]byte("{\"model\":\"\xff\"}")), plain([]byte("null")),
	} {
		if info, err := ParseDeviceInfo(header); err == nil {
			t.Errorf("ParseDeviceInfo(%q) = %v, want an error", header, info)
		}
	}
}

func TestDeviceInfoEncodesOddValuesAsJSON(t *testing.T) {
	info := DeviceInfo{
		{"a\"\\\n\x01", "\t\r\x7f<&>\xff"}, {"nan", math.NaN()}, {"inf", math.Inf(-1)}, {"other", []string{"x"}},
		{"float", 1e300}, {"min", math.MinInt}, {"nil", nil},
	}
	var got map[string]any
	if err := json.Unmarshal(info.AppendJSON(nil), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"a\"\\\n\x01": "\t\r\x7f<&>\ufffd", "nan": nil, "inf": nil, "other": nil,
		"float": 1e300, "min": float64(math.MinInt), "nil": nil,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDeviceInfoSurvivesItsHeader(t *testing.T) {
	value := rapid.OneOf(
		rapid.String().AsAny(), rapid.Int().AsAny(), rapid.Bool().AsAny(),
		rapid.Float64().Filter(func(f float64) bool { return f != math.Trunc(f) }).AsAny())
	rapid.Check(t, func(t *rapid.T) {
		info := DeviceInfo{}
		for range rapid.IntRange(0, 6).Draw(t, "fields") {
			info = append(info, DeviceInfoField{rapid.String().Draw(t, "key"), value.Draw(t, "value")})
		}
		got, err := ParseDeviceInfo(info.Encode())
		if diff := cmp.Diff(info, got); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

func FuzzParseDeviceInfo(f *testing.F) {
	f.Add(deviceVectors[0].header)
	f.Add("%7B%7D")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"a":[1],"b":1e999,"c":null}`)))
	f.Fuzz(func(t *testing.T, header string) {
		info, err := ParseDeviceInfo(header)
		if err != nil {
			return
		}
		info.Validate(true)
		again, err := ParseDeviceInfo(info.Encode())
		if err != nil || len(again) != len(info) {
			t.Fatalf("%q does not survive: %v", header, err)
		}
	})
}

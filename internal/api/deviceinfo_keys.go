package api

import "slices"

// DeviceInfoKey describes one documented member of X-Device-Info (header page,
// table of keys).
type DeviceInfoKey struct {
	// Name is the member's name.
	Name string
	// Required reports whether the table asks for it.
	Required bool
	// Values is the closed list of the table; nil when any value will do.
	Values []string
	// Also lists what real platforms and the vendor's own cookbooks send beyond
	// the closed list; the tolerant reading takes it too.
	Also []string
}

var (
	hardwareTypes = []string{
		"Camera", "DataCollectionTerminal", "Desktop", "EmbeddedNetworkModule", "eReader", "GamesConsole",
		"GeolocationTracker", "Glasses", "MediaPlayer", "MobilePhone", "PaymentTerminal", "PluginModem",
		"SetTopBox", "TV", "Tablet", "WirelessHotspot", "Wristwatch", "Unknown",
	}
	osNames = []string{
		"Android", "Chrome OS", "Linux", "Mac OS", "OS X", "OpenBSD", "Roku OS", "Windows", "iOS", "tvOS", "webOS",
	}
	osFamilies = []string{
		"Android", "BSD", "Linux", "PlayStation OS", "Roku OS", "Symbian", "Tizen", "Windows", "iOS", "tvOS",
		"macOS", "webOS",
	}
	osVendors = []string{
		"Amazon", "Apple", "Google", "LG", "Microsoft", "Mozilla", "Nintendo", "Nokia", "Roku", "Samsung", "Sony",
		"Tizen Project",
	}
	browserNames = []string{
		"Android Browser", "Chrome", "Edge", "Firefox", "Internet Explorer", "Opera", "Safari", "SeaMonkey",
		"Symbian Browser",
	}
	browserVendors = []string{
		"Amazon", "Apple", "Google", "Microsoft", "Motorola", "Mozilla", "Netscape", "Nintendo", "Nokia", "Samsung",
		"Sony Ericsson",
	}
	// platformOSNames are systems that have no entry of their own in the list of
	// osName: what the Roku cookbook and the Apple code send, and what the makers
	// call the rest.
	platformOSNames = []string{"Roku", "iPadOS", "visionOS", "Fire OS"}
)

var deviceInfoKeys = []DeviceInfoKey{
	{Name: "primaryHardwareType", Values: hardwareTypes, Also: []string{"VehicleMultimediaSystem", "Projector"}},
	{Name: "model", Required: true},
	{Name: "version", Required: true},
	{Name: "manufacturer"},
	{Name: "vendor"},
	{Name: "osName", Required: true, Values: osNames, Also: slices.Concat(platformOSNames, osFamilies)},
	{Name: "osFamily", Values: osFamilies, Also: slices.Concat(platformOSNames, osNames)},
	{Name: "osVendor", Values: osVendors},
	{Name: "osVersion", Required: true},
	{Name: "browserName", Values: browserNames},
	{Name: "browserVendor", Values: browserVendors, Also: []string{"Opera"}},
	{Name: "browserVersion"},
	{Name: "userAgent"},
	{Name: "displayWidth"},
	{Name: "displayHeight"},
	{Name: "displayPpi"},
	{Name: "diagonalScreenSize"},
	{Name: "connectionIp"},
	{Name: "connectionPort"},
	{Name: "connectionType", Required: true},
	{Name: "connectionSecure", Values: []string{"true", "false"}},
	{Name: "applicationId"},
}

// DeviceInfoKeys returns the 22 documented keys in the order of the header
// page, read only.
func DeviceInfoKeys() []DeviceInfoKey { return deviceInfoKeys }

// LookupDeviceInfoKey returns the documented key called name, read only.
func LookupDeviceInfoKey(name string) (*DeviceInfoKey, bool) {
	for i := range deviceInfoKeys {
		if deviceInfoKeys[i].Name == name {
			return &deviceInfoKeys[i], true
		}
	}
	return nil, false
}

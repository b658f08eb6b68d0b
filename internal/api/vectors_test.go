package api

// deviceVectors are plausible devices with their headers as another
// implementation encoded them. The identifiers are invented.
var deviceVectors = []struct {
	name       string
	info       DeviceInfo
	header     string
	digest     string
	identifier string
	// strict lists what the strict reading finds, as key=value.
	strict []string
}{
	{
		name: "ios",
		info: DeviceInfo{
			{"primaryHardwareType", "MobilePhone"}, {"model", "iPhone"}, {"version", "16,1"}, {"vendor", "Apple"},
			{"manufacturer", "Apple"}, {"osName", "iOS"}, {"osFamily", "iOS"}, {"osVendor", "Apple"},
			{"osVersion", "17.6.1"}, {"displayWidth", 393}, {"displayHeight", 852}, {"connectionType", "WiFi"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiTW9iaWxlUGhvbmUiLCJtb2RlbCI6ImlQaG9uZSIsInZlcnNpb24iOiIxNiwxIiwidmVuZG9yIjoiQXBwbGUiLCJtYW51ZmFjdHVyZXIiOiJBcHBsZSIsIm9zTmFtZSI6ImlPUyIsIm9zRmFtaWx5IjoiaU9TIiwib3NWZW5kb3IiOiJBcHBsZSIsIm9zVmVyc2lvbiI6IjE3LjYuMSIsImRpc3BsYXlXaWR0aCI6MzkzLCJkaXNwbGF5SGVpZ2h0Ijo4NTIsImNvbm5lY3Rpb25UeXBlIjoiV2lGaSIsImFwcGxpY2F0aW9uSWQiOiJSRUYzMCJ9",
		digest:     "a1042c68f8d125baae134de1a1fc81e95a9978d73fbb714c4e741c12b2291a89",
		identifier: "fingerprint YTEwNDJjNjhmOGQxMjViYWFlMTM0ZGUxYTFmYzgxZTk1YTk5NzhkNzNmYmI3MTRjNGU3NDFjMTJiMjI5MWE4OQ==",
	},
	{
		name: "ipados",
		info: DeviceInfo{
			{"primaryHardwareType", "Tablet"}, {"model", "iPad"}, {"version", "14,3"}, {"vendor", "Apple"},
			{"manufacturer", "Apple"}, {"osName", "iOS"}, {"osFamily", "iOS"}, {"osVendor", "Apple"},
			{"osVersion", "17.6.1"}, {"displayWidth", 834}, {"displayHeight", 1194}, {"connectionType", "WiFi"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiVGFibGV0IiwibW9kZWwiOiJpUGFkIiwidmVyc2lvbiI6IjE0LDMiLCJ2ZW5kb3IiOiJBcHBsZSIsIm1hbnVmYWN0dXJlciI6IkFwcGxlIiwib3NOYW1lIjoiaU9TIiwib3NGYW1pbHkiOiJpT1MiLCJvc1ZlbmRvciI6IkFwcGxlIiwib3NWZXJzaW9uIjoiMTcuNi4xIiwiZGlzcGxheVdpZHRoIjo4MzQsImRpc3BsYXlIZWlnaHQiOjExOTQsImNvbm5lY3Rpb25UeXBlIjoiV2lGaSIsImFwcGxpY2F0aW9uSWQiOiJSRUYzMCJ9",
		digest:     "fdd37e975a7a7e050e4793de928f379027c1391ea5245393327357b7e28741ea",
		identifier: "fingerprint ZmRkMzdlOTc1YTdhN2UwNTBlNDc5M2RlOTI4ZjM3OTAyN2MxMzkxZWE1MjQ1MzkzMzI3MzU3YjdlMjg3NDFlYQ==",
	},
	{
		name: "tvos",
		info: DeviceInfo{
			{"primaryHardwareType", "SetTopBox"}, {"model", "AppleTV"}, {"version", "14,1"}, {"vendor", "Apple"},
			{"manufacturer", "Apple"}, {"osName", "tvOS"}, {"osFamily", "tvOS"}, {"osVendor", "Apple"},
			{"osVersion", "17.6"}, {"displayWidth", 1920}, {"displayHeight", 1080}, {"connectionType", "WiFi"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiU2V0VG9wQm94IiwibW9kZWwiOiJBcHBsZVRWIiwidmVyc2lvbiI6IjE0LDEiLCJ2ZW5kb3IiOiJBcHBsZSIsIm1hbnVmYWN0dXJlciI6IkFwcGxlIiwib3NOYW1lIjoidHZPUyIsIm9zRmFtaWx5IjoidHZPUyIsIm9zVmVuZG9yIjoiQXBwbGUiLCJvc1ZlcnNpb24iOiIxNy42IiwiZGlzcGxheVdpZHRoIjoxOTIwLCJkaXNwbGF5SGVpZ2h0IjoxMDgwLCJjb25uZWN0aW9uVHlwZSI6IldpRmkiLCJhcHBsaWNhdGlvbklkIjoiUkVGMzAifQ==",
		digest:     "091a459fd7ae2e64212e1c315dbd6d18a7277dd2f98884e68b2037a44331a592",
		identifier: "fingerprint MDkxYTQ1OWZkN2FlMmU2NDIxMmUxYzMxNWRiZDZkMThhNzI3N2RkMmY5ODg4NGU2OGIyMDM3YTQ0MzMxYTU5Mg==",
	},
	{
		name: "android",
		info: DeviceInfo{
			{"primaryHardwareType", "MobilePhone"}, {"model", "SM-S901U"}, {"version", "r0q"}, {"vendor", "samsung"},
			{"manufacturer", "samsung"}, {"osName", "Android"}, {"osFamily", "Android"}, {"osVendor", "Google"},
			{"osVersion", "14"}, {"displayWidth", 1080}, {"displayHeight", 2340}, {"connectionType", "WIFI"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiTW9iaWxlUGhvbmUiLCJtb2RlbCI6IlNNLVM5MDFVIiwidmVyc2lvbiI6InIwcSIsInZlbmRvciI6InNhbXN1bmciLCJtYW51ZmFjdHVyZXIiOiJzYW1zdW5nIiwib3NOYW1lIjoiQW5kcm9pZCIsIm9zRmFtaWx5IjoiQW5kcm9pZCIsIm9zVmVuZG9yIjoiR29vZ2xlIiwib3NWZXJzaW9uIjoiMTQiLCJkaXNwbGF5V2lkdGgiOjEwODAsImRpc3BsYXlIZWlnaHQiOjIzNDAsImNvbm5lY3Rpb25UeXBlIjoiV0lGSSIsImFwcGxpY2F0aW9uSWQiOiJSRUYzMCJ9",
		digest:     "658c068c17a4338821b2e515f5a3d6218a0da4bbc1e7e9452dbbd1714362b807",
		identifier: "fingerprint NjU4YzA2OGMxN2E0MzM4ODIxYjJlNTE1ZjVhM2Q2MjE4YTBkYTRiYmMxZTdlOTQ1MmRiYmQxNzE0MzYyYjgwNw==",
	},
	{
		name: "android-tv",
		info: DeviceInfo{
			{"primaryHardwareType", "SetTopBox"}, {"model", "SHIELD Android TV"}, {"version", "mdarcy"}, {"vendor", "NVIDIA"},
			{"manufacturer", "NVIDIA"}, {"osName", "Android"}, {"osFamily", "Android"}, {"osVendor", "Google"},
			{"osVersion", "11"}, {"displayWidth", 1920}, {"displayHeight", 1080}, {"connectionType", "ETHERNET"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiU2V0VG9wQm94IiwibW9kZWwiOiJTSElFTEQgQW5kcm9pZCBUViIsInZlcnNpb24iOiJtZGFyY3kiLCJ2ZW5kb3IiOiJOVklESUEiLCJtYW51ZmFjdHVyZXIiOiJOVklESUEiLCJvc05hbWUiOiJBbmRyb2lkIiwib3NGYW1pbHkiOiJBbmRyb2lkIiwib3NWZW5kb3IiOiJHb29nbGUiLCJvc1ZlcnNpb24iOiIxMSIsImRpc3BsYXlXaWR0aCI6MTkyMCwiZGlzcGxheUhlaWdodCI6MTA4MCwiY29ubmVjdGlvblR5cGUiOiJFVEhFUk5FVCIsImFwcGxpY2F0aW9uSWQiOiJSRUYzMCJ9",
		digest:     "2a6c830bac59feb554bc4e403fa20f80f232fd177c1920249fca7cc5d6778563",
		identifier: "fingerprint MmE2YzgzMGJhYzU5ZmViNTU0YmM0ZTQwM2ZhMjBmODBmMjMyZmQxNzdjMTkyMDI0OWZjYTdjYzVkNjc3ODU2Mw==",
	},
	{
		name: "google-tv",
		info: DeviceInfo{
			{"primaryHardwareType", "MediaPlayer"}, {"model", "Chromecast"}, {"version", "sabrina"}, {"vendor", "google"},
			{"manufacturer", "Google"}, {"osName", "Android"}, {"osFamily", "Android"}, {"osVendor", "Google"},
			{"osVersion", "12"}, {"displayWidth", 1920}, {"displayHeight", 1080}, {"connectionType", "WIFI"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiTWVkaWFQbGF5ZXIiLCJtb2RlbCI6IkNocm9tZWNhc3QiLCJ2ZXJzaW9uIjoic2FicmluYSIsInZlbmRvciI6Imdvb2dsZSIsIm1hbnVmYWN0dXJlciI6Ikdvb2dsZSIsIm9zTmFtZSI6IkFuZHJvaWQiLCJvc0ZhbWlseSI6IkFuZHJvaWQiLCJvc1ZlbmRvciI6Ikdvb2dsZSIsIm9zVmVyc2lvbiI6IjEyIiwiZGlzcGxheVdpZHRoIjoxOTIwLCJkaXNwbGF5SGVpZ2h0IjoxMDgwLCJjb25uZWN0aW9uVHlwZSI6IldJRkkiLCJhcHBsaWNhdGlvbklkIjoiUkVGMzAifQ==",
		digest:     "866601230ae4304c8a5cdad8b94c4964511773bb269079bb01bb1d36ddbe74ef",
		identifier: "fingerprint ODY2NjAxMjMwYWU0MzA0YzhhNWNkYWQ4Yjk0YzQ5NjQ1MTE3NzNiYjI2OTA3OWJiMDFiYjFkMzZkZGJlNzRlZg==",
	},
	{
		name: "fireos",
		info: DeviceInfo{
			{"primaryHardwareType", "MediaPlayer"}, {"model", "AFTKA"}, {"version", "kara"}, {"vendor", "Amazon"},
			{"manufacturer", "Amazon"}, {"osName", "Android"}, {"osFamily", "Android"}, {"osVendor", "Amazon"},
			{"osVersion", "9"}, {"displayWidth", 1920}, {"displayHeight", 1080}, {"connectionType", "WIFI"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiTWVkaWFQbGF5ZXIiLCJtb2RlbCI6IkFGVEtBIiwidmVyc2lvbiI6ImthcmEiLCJ2ZW5kb3IiOiJBbWF6b24iLCJtYW51ZmFjdHVyZXIiOiJBbWF6b24iLCJvc05hbWUiOiJBbmRyb2lkIiwib3NGYW1pbHkiOiJBbmRyb2lkIiwib3NWZW5kb3IiOiJBbWF6b24iLCJvc1ZlcnNpb24iOiI5IiwiZGlzcGxheVdpZHRoIjoxOTIwLCJkaXNwbGF5SGVpZ2h0IjoxMDgwLCJjb25uZWN0aW9uVHlwZSI6IldJRkkiLCJhcHBsaWNhdGlvbklkIjoiUkVGMzAifQ==",
		digest:     "a668f8b92213a26e753e9964619d78e1a8f4ad4942a05ab0c10ad14a6a007188",
		identifier: "fingerprint YTY2OGY4YjkyMjEzYTI2ZTc1M2U5OTY0NjE5ZDc4ZTFhOGY0YWQ0OTQyYTA1YWIwYzEwYWQxNGE2YTAwNzE4OA==",
	},
	{
		name: "roku",
		info: DeviceInfo{
			{"primaryHardwareType", "SetTopBox"}, {"model", "Roku"}, {"version", "4800X"}, {"vendor", "Roku"},
			{"manufacturer", "Roku"}, {"osName", "Roku OS"}, {"osFamily", "Roku OS"}, {"osVendor", "Roku"},
			{"osVersion", "12.5.0"}, {"displayWidth", 1920}, {"displayHeight", 1080}, {"connectionType", "WifiConnection"},
			{"connectionSecure", false}, {"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiU2V0VG9wQm94IiwibW9kZWwiOiJSb2t1IiwidmVyc2lvbiI6IjQ4MDBYIiwidmVuZG9yIjoiUm9rdSIsIm1hbnVmYWN0dXJlciI6IlJva3UiLCJvc05hbWUiOiJSb2t1IE9TIiwib3NGYW1pbHkiOiJSb2t1IE9TIiwib3NWZW5kb3IiOiJSb2t1Iiwib3NWZXJzaW9uIjoiMTIuNS4wIiwiZGlzcGxheVdpZHRoIjoxOTIwLCJkaXNwbGF5SGVpZ2h0IjoxMDgwLCJjb25uZWN0aW9uVHlwZSI6IldpZmlDb25uZWN0aW9uIiwiY29ubmVjdGlvblNlY3VyZSI6ZmFsc2UsImFwcGxpY2F0aW9uSWQiOiJSRUYzMCJ9",
		digest:     "ba671366d60300a2623f3be760f7c0b7568cbf33be91d4b012668f5c5f1b5b9c",
		identifier: "fingerprint YmE2NzEzNjZkNjAzMDBhMjYyM2YzYmU3NjBmN2MwYjc1NjhjYmYzM2JlOTFkNGIwMTI2NjhmNWM1ZjFiNWI5Yw==",
	},
	{
		name: "roku-cookbook",
		info: DeviceInfo{
			{"model", "Roku"}, {"version", "5303X"}, {"vendor", "Roku"}, {"manufacturer", "Roku"},
			{"osName", "Roku"}, {"osVersion", "12.5"}, {"displayWidth", 1920}, {"displayHeight", 1080},
			{"connectionType", "WiredConnection"}, {"connectionSecure", true}, {"applicationId", "REF30"},
		},
		header:     "eyJtb2RlbCI6IlJva3UiLCJ2ZXJzaW9uIjoiNTMwM1giLCJ2ZW5kb3IiOiJSb2t1IiwibWFudWZhY3R1cmVyIjoiUm9rdSIsIm9zTmFtZSI6IlJva3UiLCJvc1ZlcnNpb24iOiIxMi41IiwiZGlzcGxheVdpZHRoIjoxOTIwLCJkaXNwbGF5SGVpZ2h0IjoxMDgwLCJjb25uZWN0aW9uVHlwZSI6IldpcmVkQ29ubmVjdGlvbiIsImNvbm5lY3Rpb25TZWN1cmUiOnRydWUsImFwcGxpY2F0aW9uSWQiOiJSRUYzMCJ9",
		digest:     "9648846dc2035f18cd4777e7dd6750f60e927c54e60fd423279053a4ea93951d",
		identifier: "fingerprint OTY0ODg0NmRjMjAzNWYxOGNkNDc3N2U3ZGQ2NzUwZjYwZTkyN2M1NGU2MGZkNDIzMjc5MDUzYTRlYTkzOTUxZA==",
		strict:     []string{"osName=Roku"},
	},
	{
		name: "tizen",
		info: DeviceInfo{
			{"primaryHardwareType", "TV"}, {"model", "QN65Q80CAFXZA"}, {"version", "2023"}, {"vendor", "Samsung"},
			{"manufacturer", "Samsung"}, {"osName", "Linux"}, {"osFamily", "Tizen"}, {"osVendor", "Samsung"},
			{"osVersion", "7.0"}, {"displayWidth", 1920}, {"displayHeight", 1080}, {"connectionType", "WiFi"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiVFYiLCJtb2RlbCI6IlFONjVRODBDQUZYWkEiLCJ2ZXJzaW9uIjoiMjAyMyIsInZlbmRvciI6IlNhbXN1bmciLCJtYW51ZmFjdHVyZXIiOiJTYW1zdW5nIiwib3NOYW1lIjoiTGludXgiLCJvc0ZhbWlseSI6IlRpemVuIiwib3NWZW5kb3IiOiJTYW1zdW5nIiwib3NWZXJzaW9uIjoiNy4wIiwiZGlzcGxheVdpZHRoIjoxOTIwLCJkaXNwbGF5SGVpZ2h0IjoxMDgwLCJjb25uZWN0aW9uVHlwZSI6IldpRmkiLCJhcHBsaWNhdGlvbklkIjoiUkVGMzAifQ==",
		digest:     "69430f3dbbc14488f0524b02fbb54339aae0900c174fccec8ecf681dacecdddf",
		identifier: "fingerprint Njk0MzBmM2RiYmMxNDQ4OGYwNTI0YjAyZmJiNTQzMzlhYWUwOTAwYzE3NGZjY2VjOGVjZjY4MWRhY2VjZGRkZg==",
	},
	{
		name: "webos",
		info: DeviceInfo{
			{"primaryHardwareType", "TV"}, {"model", "OLED55C3PUA"}, {"version", "2023"}, {"vendor", "LG"},
			{"manufacturer", "LG"}, {"osName", "webOS"}, {"osFamily", "webOS"}, {"osVendor", "LG"},
			{"osVersion", "8.2.0"}, {"displayWidth", 1920}, {"displayHeight", 1080}, {"connectionType", "LAN"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiVFYiLCJtb2RlbCI6Ik9MRUQ1NUMzUFVBIiwidmVyc2lvbiI6IjIwMjMiLCJ2ZW5kb3IiOiJMRyIsIm1hbnVmYWN0dXJlciI6IkxHIiwib3NOYW1lIjoid2ViT1MiLCJvc0ZhbWlseSI6IndlYk9TIiwib3NWZW5kb3IiOiJMRyIsIm9zVmVyc2lvbiI6IjguMi4wIiwiZGlzcGxheVdpZHRoIjoxOTIwLCJkaXNwbGF5SGVpZ2h0IjoxMDgwLCJjb25uZWN0aW9uVHlwZSI6IkxBTiIsImFwcGxpY2F0aW9uSWQiOiJSRUYzMCJ9",
		digest:     "e680a1ce0fc256cc17aec82a656bfa6ce5133ef8957db682d03ddbca0bd0baac",
		identifier: "fingerprint ZTY4MGExY2UwZmMyNTZjYzE3YWVjODJhNjU2YmZhNmNlNTEzM2VmODk1N2RiNjgyZDAzZGRiY2EwYmQwYmFhYw==",
	},
	{
		name: "xbox",
		info: DeviceInfo{
			{"primaryHardwareType", "GamesConsole"}, {"model", "Xbox Series X"}, {"version", "1.0"}, {"vendor", "Microsoft"},
			{"manufacturer", "Microsoft"}, {"osName", "Windows"}, {"osFamily", "Windows"}, {"osVendor", "Microsoft"},
			{"osVersion", "10.0.25398"}, {"displayWidth", 1920}, {"displayHeight", 1080}, {"connectionType", "LAN"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiR2FtZXNDb25zb2xlIiwibW9kZWwiOiJYYm94IFNlcmllcyBYIiwidmVyc2lvbiI6IjEuMCIsInZlbmRvciI6Ik1pY3Jvc29mdCIsIm1hbnVmYWN0dXJlciI6Ik1pY3Jvc29mdCIsIm9zTmFtZSI6IldpbmRvd3MiLCJvc0ZhbWlseSI6IldpbmRvd3MiLCJvc1ZlbmRvciI6Ik1pY3Jvc29mdCIsIm9zVmVyc2lvbiI6IjEwLjAuMjUzOTgiLCJkaXNwbGF5V2lkdGgiOjE5MjAsImRpc3BsYXlIZWlnaHQiOjEwODAsImNvbm5lY3Rpb25UeXBlIjoiTEFOIiwiYXBwbGljYXRpb25JZCI6IlJFRjMwIn0=",
		digest:     "0673aa1b0bab5ee8a510f19a98959cd4bffccc1231894a11f8411d9fb92a2184",
		identifier: "fingerprint MDY3M2FhMWIwYmFiNWVlOGE1MTBmMTlhOTg5NTljZDRiZmZjY2MxMjMxODk0YTExZjg0MTFkOWZiOTJhMjE4NA==",
	},
	{
		name: "playstation",
		info: DeviceInfo{
			{"primaryHardwareType", "GamesConsole"}, {"model", "PlayStation 5"}, {"version", "CFI-1215A"}, {"vendor", "Sony"},
			{"manufacturer", "Sony"}, {"osName", "PlayStation OS"}, {"osFamily", "PlayStation OS"}, {"osVendor", "Sony"},
			{"osVersion", "8.20"}, {"displayWidth", 1920}, {"displayHeight", 1080}, {"connectionType", "LAN"},
			{"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiR2FtZXNDb25zb2xlIiwibW9kZWwiOiJQbGF5U3RhdGlvbiA1IiwidmVyc2lvbiI6IkNGSS0xMjE1QSIsInZlbmRvciI6IlNvbnkiLCJtYW51ZmFjdHVyZXIiOiJTb255Iiwib3NOYW1lIjoiUGxheVN0YXRpb24gT1MiLCJvc0ZhbWlseSI6IlBsYXlTdGF0aW9uIE9TIiwib3NWZW5kb3IiOiJTb255Iiwib3NWZXJzaW9uIjoiOC4yMCIsImRpc3BsYXlXaWR0aCI6MTkyMCwiZGlzcGxheUhlaWdodCI6MTA4MCwiY29ubmVjdGlvblR5cGUiOiJMQU4iLCJhcHBsaWNhdGlvbklkIjoiUkVGMzAifQ==",
		digest:     "34e7d78b79aab30e6e9962440d30a6f98bfe6266662f949586b9f825de40dab5",
		identifier: "fingerprint MzRlN2Q3OGI3OWFhYjMwZTZlOTk2MjQ0MGQzMGE2Zjk4YmZlNjI2NjY2MmY5NDk1ODZiOWY4MjVkZTQwZGFiNQ==",
		strict:     []string{"osName=PlayStation OS"},
	},
	{
		name: "chrome",
		info: DeviceInfo{
			{"primaryHardwareType", "Desktop"}, {"model", "PC"}, {"version", "unknown"}, {"osName", "Windows"},
			{"osFamily", "Windows"}, {"osVendor", "Microsoft"}, {"osVersion", "10"}, {"browserName", "Chrome"},
			{"browserVendor", "Google"}, {"browserVersion", "126.0.0"}, {"connectionType", "WiFi"}, {"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiRGVza3RvcCIsIm1vZGVsIjoiUEMiLCJ2ZXJzaW9uIjoidW5rbm93biIsIm9zTmFtZSI6IldpbmRvd3MiLCJvc0ZhbWlseSI6IldpbmRvd3MiLCJvc1ZlbmRvciI6Ik1pY3Jvc29mdCIsIm9zVmVyc2lvbiI6IjEwIiwiYnJvd3Nlck5hbWUiOiJDaHJvbWUiLCJicm93c2VyVmVuZG9yIjoiR29vZ2xlIiwiYnJvd3NlclZlcnNpb24iOiIxMjYuMC4wIiwiY29ubmVjdGlvblR5cGUiOiJXaUZpIiwiYXBwbGljYXRpb25JZCI6IlJFRjMwIn0=",
		digest:     "2b19285351e1bcf6d9743a26ea8b97b323f8489b03fe9d292f16aef56f4e80da",
		identifier: "fingerprint MmIxOTI4NTM1MWUxYmNmNmQ5NzQzYTI2ZWE4Yjk3YjMyM2Y4NDg5YjAzZmU5ZDI5MmYxNmFlZjU2ZjRlODBkYQ==",
	},
	{
		name: "edge",
		info: DeviceInfo{
			{"primaryHardwareType", "Desktop"}, {"model", "PC"}, {"version", "unknown"}, {"osName", "Windows"},
			{"osFamily", "Windows"}, {"osVendor", "Microsoft"}, {"osVersion", "10"}, {"browserName", "Edge"},
			{"browserVendor", "Microsoft"}, {"browserVersion", "126.0.0"}, {"connectionType", "LAN"}, {"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiRGVza3RvcCIsIm1vZGVsIjoiUEMiLCJ2ZXJzaW9uIjoidW5rbm93biIsIm9zTmFtZSI6IldpbmRvd3MiLCJvc0ZhbWlseSI6IldpbmRvd3MiLCJvc1ZlbmRvciI6Ik1pY3Jvc29mdCIsIm9zVmVyc2lvbiI6IjEwIiwiYnJvd3Nlck5hbWUiOiJFZGdlIiwiYnJvd3NlclZlbmRvciI6Ik1pY3Jvc29mdCIsImJyb3dzZXJWZXJzaW9uIjoiMTI2LjAuMCIsImNvbm5lY3Rpb25UeXBlIjoiTEFOIiwiYXBwbGljYXRpb25JZCI6IlJFRjMwIn0=",
		digest:     "7797808f4c978f17e4428c627bca8f0ede77adb9730a28d22f81c85d39d6ced7",
		identifier: "fingerprint Nzc5NzgwOGY0Yzk3OGYxN2U0NDI4YzYyN2JjYThmMGVkZTc3YWRiOTczMGEyOGQyMmY4MWM4NWQzOWQ2Y2VkNw==",
	},
	{
		name: "safari",
		info: DeviceInfo{
			{"primaryHardwareType", "Desktop"}, {"model", "Macintosh"}, {"version", "unknown"}, {"vendor", "Apple"},
			{"manufacturer", "Apple"}, {"osName", "Mac OS"}, {"osFamily", "macOS"}, {"osVendor", "Apple"},
			{"osVersion", "14.5"}, {"browserName", "Safari"}, {"browserVendor", "Apple"}, {"browserVersion", "17.5"},
			{"connectionType", "WiFi"}, {"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiRGVza3RvcCIsIm1vZGVsIjoiTWFjaW50b3NoIiwidmVyc2lvbiI6InVua25vd24iLCJ2ZW5kb3IiOiJBcHBsZSIsIm1hbnVmYWN0dXJlciI6IkFwcGxlIiwib3NOYW1lIjoiTWFjIE9TIiwib3NGYW1pbHkiOiJtYWNPUyIsIm9zVmVuZG9yIjoiQXBwbGUiLCJvc1ZlcnNpb24iOiIxNC41IiwiYnJvd3Nlck5hbWUiOiJTYWZhcmkiLCJicm93c2VyVmVuZG9yIjoiQXBwbGUiLCJicm93c2VyVmVyc2lvbiI6IjE3LjUiLCJjb25uZWN0aW9uVHlwZSI6IldpRmkiLCJhcHBsaWNhdGlvbklkIjoiUkVGMzAifQ==",
		digest:     "464989c25174d9b2c0acfd3b5e03f6083cc0904787ad80513ae2e6c6809b0840",
		identifier: "fingerprint NDY0OTg5YzI1MTc0ZDliMmMwYWNmZDNiNWUwM2Y2MDgzY2MwOTA0Nzg3YWQ4MDUxM2FlMmU2YzY4MDliMDg0MA==",
	},
	{
		name: "firefox",
		info: DeviceInfo{
			{"primaryHardwareType", "Desktop"}, {"model", "PC"}, {"version", "unknown"}, {"osName", "Linux"},
			{"osFamily", "Linux"}, {"osVersion", "22.04"}, {"browserName", "Firefox"}, {"browserVendor", "Mozilla"},
			{"browserVersion", "127.0"}, {"connectionType", "LAN"}, {"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiRGVza3RvcCIsIm1vZGVsIjoiUEMiLCJ2ZXJzaW9uIjoidW5rbm93biIsIm9zTmFtZSI6IkxpbnV4Iiwib3NGYW1pbHkiOiJMaW51eCIsIm9zVmVyc2lvbiI6IjIyLjA0IiwiYnJvd3Nlck5hbWUiOiJGaXJlZm94IiwiYnJvd3NlclZlbmRvciI6Ik1vemlsbGEiLCJicm93c2VyVmVyc2lvbiI6IjEyNy4wIiwiY29ubmVjdGlvblR5cGUiOiJMQU4iLCJhcHBsaWNhdGlvbklkIjoiUkVGMzAifQ==",
		digest:     "4f7082383e83b08907700f994ded135f6f45be28d7654b150b15b2b59552a309",
		identifier: "fingerprint NGY3MDgyMzgzZTgzYjA4OTA3NzAwZjk5NGRlZDEzNWY2ZjQ1YmUyOGQ3NjU0YjE1MGIxNWIyYjU5NTUyYTMwOQ==",
	},
	{
		name: "chromebook",
		info: DeviceInfo{
			{"primaryHardwareType", "Desktop"}, {"model", "Chromebook"}, {"version", "unknown"}, {"osName", "Chrome OS"},
			{"osFamily", "Linux"}, {"osVendor", "Google"}, {"osVersion", "15886.44.0"}, {"browserName", "Chrome"},
			{"browserVendor", "Google"}, {"browserVersion", "126.0.0"}, {"connectionType", "WiFi"}, {"applicationId", "REF30"},
		},
		header:     "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiRGVza3RvcCIsIm1vZGVsIjoiQ2hyb21lYm9vayIsInZlcnNpb24iOiJ1bmtub3duIiwib3NOYW1lIjoiQ2hyb21lIE9TIiwib3NGYW1pbHkiOiJMaW51eCIsIm9zVmVuZG9yIjoiR29vZ2xlIiwib3NWZXJzaW9uIjoiMTU4ODYuNDQuMCIsImJyb3dzZXJOYW1lIjoiQ2hyb21lIiwiYnJvd3NlclZlbmRvciI6Ikdvb2dsZSIsImJyb3dzZXJWZXJzaW9uIjoiMTI2LjAuMCIsImNvbm5lY3Rpb25UeXBlIjoiV2lGaSIsImFwcGxpY2F0aW9uSWQiOiJSRUYzMCJ9",
		digest:     "b62d51404bb2ae12fa967cc87d40b02127ebe2267b6c9b50284dafdbbe41a219",
		identifier: "fingerprint YjYyZDUxNDA0YmIyYWUxMmZhOTY3Y2M4N2Q0MGIwMjEyN2ViZTIyNjdiNmM5YjUwMjg0ZGFmZGJiZTQxYTIxOQ==",
	},
}

package audit

// formRules are the rules on the form of requests, on errors and on the environment.
var formRules = []Rule{
	{
		ID: "HDR-01", Level: Mandatory, Check: Full,
		Title: "Every call but the browser's carries a token.",
		Cost:  "The call is refused.",
		Refs:  []string{"REST v2 checklist", "A-42"},
	},
	{
		ID: "HDR-02", Level: Mandatory, Check: Full,
		Title: "Calls name the device in AP-Device-Identifier.",
		Cost:  "The call is refused, or profiles are not found.",
		Refs:  []string{"REST v2 checklist", "A-15"},
	},
	{
		ID: "HDR-03", Level: Mandatory, Check: Full,
		Title: "Calls describe the device in X-Device-Info.",
		Cost:  "The service takes the device for an unknown platform.",
		Refs:  []string{"REST v2 checklist", "A-13", "A-15"},
	},
	{
		ID: "HDR-04", Level: Mandatory, Check: Full,
		Title: "The device identifier never changes.",
		Cost:  "Every change loses the viewer's profile.",
		Refs:  []string{"REST v2 checklist", "device identifier page"},
	},
	{
		ID: "HDR-05", Level: Mandatory, Check: Full,
		Title: "Only documented parameters and header fields are sent.",
		Cost:  "Requests that are refused, today or after the next release.",
		Refs:  []string{"REST v2 checklist", "A-14", "A-15"},
	},
	{
		ID: "HDR-06", Level: Mandatory, Check: Partial, ServerSide: true,
		Title: "The device headers of a server describe the device, not the server.",
		Refs:  []string{"REST v2 checklist", "REST v2 FAQ"},
	},
	{
		ID: "HDR-07", Level: Mandatory, Check: Full,
		Title: "AP-Device-Identifier is the word fingerprint, a space and base64.",
		Cost:  "The call is refused.",
		Refs:  []string{"device identifier page", "A-37"},
	},
	{
		ID: "HDR-08", Level: Recommended, Check: Partial,
		Title: "The identifier is a SHA-256.",
		Cost:  "Platform identifiers of people travel in clear.",
		Refs:  []string{"device identifier page", "A-38"},
	},
	{
		ID: "HDR-09", Level: Mandatory, Check: Full,
		Title: "X-Device-Info is base64 of a JSON object with the required keys and allowed values.",
		Cost:  "The device counts as an unknown platform, or the call is refused.",
		Refs:  []string{"device info page", "A-13", "A-36", "A-37"},
	},
	{
		ID: "HDR-10", Level: Mandatory, Check: Full, ServerSide: true,
		Title: "A server names the device's own address and port in X-Device-Info.",
		Cost:  "Home-based authentication does not work.",
		Refs:  []string{"server-to-server cookbook", "REST v2 checklist"},
	},
	{
		ID: "HDR-11", Level: Mandatory, Check: Full,
		Title: "AP-Partner-Framework-Status comes, complete, wherever the partner flow needs it.",
		Cost:  "The partner login falls back or is refused.",
		Refs:  []string{"REST v2 FAQ", "partner flows page", "A-28"},
	},
	{
		ID: "HDR-12", Level: Mandatory, Check: Full,
		Title: "A single sign-on token, once used, comes with every call that lists it.",
		Cost:  "Calls without it find no profile.",
		Refs:  []string{"platform identity page", "service token page", "A-44"},
	},
	{
		ID: "HDR-13", Level: Recommended, Check: Full,
		Title: "A visitor identifier, once used, comes with every call that lists it.",
		Cost:  "Measurements that cannot be joined.",
		Refs:  []string{"Experience Cloud ID page"},
	},
	{
		ID: "HDR-14", Level: Mandatory, Check: Full,
		Title: "Accept, if sent, takes JSON.",
		Cost:  "Answers that the app cannot read.",
		Refs:  []string{"REST API v2 pages", "A-02"},
	},
	{
		ID: "HDR-15", Level: Mandatory, Check: Full,
		Title: "Content-Type is the one of the page.",
		Cost:  "The request is refused.",
		Refs:  []string{"REST API v2 pages", "A-01"},
	},
	{
		ID: "HDR-16", Level: Recommended, Check: Partial,
		Title: "The partner status is fresh and granted.",
		Cost:  "The partner login is refused.",
		Refs:  []string{"REST v2 FAQ", "Apple SSO cookbook"},
	},
	{
		ID: "HDR-17", Level: Mandatory, Check: Partial,
		Title: "Viewers are hashed before they are named.",
		Cost:  "Mail addresses travel in clear.",
		Refs:  []string{"TempPass page", "A-43"},
	},
	{
		ID: "ERR-01", Level: Mandatory, Check: Full,
		Title: "The client does what the action of an error says.",
		Cost:  "Repeats that cannot succeed.",
		Refs:  []string{"REST v2 checklist", "enhanced error codes page"},
	},
	{
		ID: "ERR-02", Level: Mandatory, Check: Partial,
		Title: "A 200 that denies is an answer, not a failure.",
		Cost:  "A denied title is asked for again and again.",
		Refs:  []string{"REST v2 checklist"},
	},
	{
		ID: "ERR-03", Level: Recommended, Check: None,
		Title: "Both the HTTP status and the status member are read.",
		Refs:  []string{"enhanced error codes page"},
	},
	{
		ID: "ERR-04", Level: Mandatory, Check: Full,
		Title: "Repeats end after two or three, or slow down.",
		Cost:  "A service in trouble is kept there by its clients.",
		Refs:  []string{"enhanced error codes page", "REST v2 checklist", "REST v2 AI rules", "A-35"},
	},
	{
		ID: "ERR-05", Level: Mandatory, Check: Full,
		Title: "A request that was called wrong is not repeated unchanged.",
		Cost:  "Repeats that cannot succeed.",
		Refs:  []string{"REST API v2 pages"},
	},
	{
		ID: "ERR-06", Level: Recommended, Check: None,
		Title: "One place handles all errors.",
		Refs:  []string{"enhanced error codes page"},
	},
	{
		ID: "ERR-07", Level: Recommended, Check: Partial,
		Title: "Under lasting failures the client asks less.",
		Refs:  []string{"REST v2 AI rules"},
	},
	{
		ID: "ENV-01", Level: Mandatory, Check: None,
		Title: "A release is validated in the test environments first.",
		Refs:  []string{"REST v2 checklist"},
	},
	{
		ID: "ENV-02", Level: Mandatory, Check: None, ServerSide: true,
		Title: "Name lookups are cached for half a minute at most.",
		Refs:  []string{"server-to-server cookbook"},
	},
	{
		ID: "ENV-03", Level: Mandatory, Check: Full,
		Title: "All traffic is HTTPS.",
		Cost:  "Tokens and secrets travel in clear.",
		Refs:  []string{"REST API reference"},
	},
	{
		ID: "ENV-04", Level: Mandatory, Check: None, ServerSide: true,
		Title: "The vendor knows the addresses of the server.",
		Refs:  []string{"server-to-server cookbook"},
	},
	{
		ID: "ENV-05", Level: Recommended, Check: Partial,
		Title: "Connections are reused.",
		Refs:  []string{"REST v2 AI rules"},
	},
	{
		ID: "ENV-06", Level: Mandatory, Check: Partial, ServerSide: true,
		Title: "A server keeps profiles and decisions no longer than they are valid.",
		Refs:  []string{"server-to-server cookbook"},
	},
	{
		ID: "ENV-07", Level: Recommended, Check: None,
		Title: "Credentials and tokens are kept safe and out of logs.",
		Refs:  []string{"REST v2 AI rules"},
	},
	{
		ID: "ENV-08", Level: Mandatory, Check: None, ServerSide: true,
		Title: "A server stores device id, client id and secret safely.",
		Refs:  []string{"server-to-server cookbook"},
	},
}

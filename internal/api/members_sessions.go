package api

// The values of reasonType. The pages of the three session operations drift
// apart and lag behind the release notes, so one list serves all.
var reasonTypes = []string{
	"none", "authenticated", "temporary", "degraded", "authenticatedSSO",
	"pfs_fallback", "configuration_fallback", reasonMissing,
}

const reasonMissing = "missing_parameters_fallback"

// sessionMembers describes the answer of an operation that opens or continues
// an authentication session. Which of the optional members go with which
// actionName stands in the combinations.
func sessionMembers(ref string, actions []string) []Member {
	return []Member{
		{Path: "actionName", Type: TypeString, Required: true, Enum: actions, Ref: ref},
		{Path: "actionType", Type: TypeString, Required: true, Enum: []string{"interactive", "direct"}, Ref: ref},
		{Path: "reasonType", Type: TypeString, Required: true, Enum: reasonTypes, Ref: ref + "; one list for all (A-62)"},
		{Path: "missingParameters", Type: TypeStrings, Ref: ref},
		{Path: "url", Type: TypeReference, Ref: ref},
		{Path: "code", Type: TypeString, Ref: ref + "; absent with authorize (A-23)"},
		{Path: "sessionId", Type: TypeString, Required: true, Ref: ref},
		{Path: "mvpd", Type: TypeString, Ref: ref},
		{Path: "serviceProvider", Type: TypeString, Required: true, Ref: ref},
		{Path: "notBefore", Type: TypeMillisText, Ref: ref + "; string of digits (A-24)"},
		{Path: "notAfter", Type: TypeMillisText, Ref: ref + "; string of digits (A-24)"},
	}
}

var retrieveMembers = []Member{
	{Path: "existingParameters", Type: TypeObject, Required: true, Ref: refRetrieve},
	{Path: "missingParameters", Type: TypeStrings, Ref: refRetrieve},
	{Path: "device", Type: TypeObject, Required: true, Ref: refRetrieve + "; since 3.2.0"},
	{Path: "notBefore", Type: TypeMillisText, Required: true, Ref: refRetrieve + "; string of digits (A-24)"},
	{Path: "notAfter", Type: TypeMillisText, Required: true, Ref: refRetrieve + "; string of digits (A-24)"},
}

var partnerRequestMembers = []Member{
	{Path: "authenticationRequest", Type: TypeObject, Ref: refPartner + "; with partner_profile"},
	{Path: "authenticationRequest.type", Type: TypeString, Enum: []string{"saml"}, FoldCase: true, Ref: refPartner},
	{Path: "authenticationRequest.request", Type: TypeString, Required: true, Ref: refPartner},
	{Path: "authenticationRequest.attributesNames", Type: TypeStrings, Ref: refPartner},
}

var createCombinations = []Combination{
	{ActionName: "authenticate", ActionType: "interactive", ReasonTypes: []string{"none"},
		Has: []string{"url", "code", "mvpd", "notBefore", "notAfter"},
		URL: "/api/v2/authenticate/{serviceProvider}/{code}", Ref: refCreate},
	{ActionName: "resume", ActionType: "direct", ReasonTypes: []string{"none", reasonMissing},
		Has: []string{"url", "code", "missingParameters", "notBefore", "notAfter"},
		URL: "/api/v2/{serviceProvider}/sessions/{code}", Ref: refCreate + "; a release note adds a reason (A-62)"},
	{ActionName: "authorize", ActionType: "direct",
		ReasonTypes: []string{"authenticated", "temporary", "degraded", "authenticatedSSO"},
		Has:         []string{"url", "mvpd"}, Lacks: []string{"code", "notBefore", "notAfter"},
		URL: "/api/v2/{serviceProvider}/decisions/authorize/{mvpd}", Ref: refCreate},
}

// resumeCombinations: the table requires a code that samples with authorize
// never have, and says little else.
var resumeCombinations = []Combination{
	{ActionName: "authenticate", Has: []string{"code"}, Ref: refResume + " (A-23)"},
	{ActionName: "retry", Has: []string{"code"}, Ref: refResume + " (A-23)"},
	{ActionName: "authorize", Lacks: []string{"code"}, Ref: refResume + " (A-23)"},
}

var partnerCombinations = []Combination{
	{ActionName: "partner_profile", ActionType: "direct",
		Has: []string{"authenticationRequest"}, Lacks: []string{"code"},
		URL: "/api/v2/{serviceProvider}/profiles/sso/{partner}", Ref: refPartner},
	{ActionName: "authenticate", ActionType: "interactive",
		ReasonTypes: []string{"pfs_fallback", "configuration_fallback"},
		Has:         []string{"code", "url", "notBefore", "notAfter"}, Lacks: []string{"authenticationRequest"},
		URL: "/api/v2/authenticate/{serviceProvider}/{code}", Ref: refPartner},
	{ActionName: "resume", ActionType: "direct", ReasonTypes: []string{reasonMissing},
		Has: []string{"code", "url", "missingParameters"}, Lacks: []string{"authenticationRequest"},
		URL: "/api/v2/{serviceProvider}/sessions/{code}", Ref: refPartner},
	{ActionName: "authorize", ActionType: "direct",
		ReasonTypes: []string{"authenticated", "degraded", "authenticatedSSO"},
		Lacks:       []string{"authenticationRequest"}, Ref: refPartner},
}

const logouts = "logouts.*"

var logoutMembers = []Member{
	{Path: "logouts", Type: TypeMap, Required: true, Ref: refLogout},
	{Path: logouts, Type: TypeObject, Required: true, Ref: refLogout},
	{Path: logouts + ".actionName", Type: TypeString, Required: true, Ref: refLogout,
		Enum: []string{"logout", "partner_logout", "complete", "invalid"}},
	{Path: logouts + ".actionType", Type: TypeString, Required: true, Ref: refLogout,
		Enum: []string{"interactive", "partner_interactive", "none"}},
	{Path: logouts + ".mvpd", Type: TypeString, Required: true, Ref: refLogout},
	{Path: logouts + ".url", Type: TypeReference, Ref: refLogout + "; with logout alone (A-47)"},
}

// logoutCombinations: only logout leads to a url, which samples give relative
// or absolute.
var logoutCombinations = []Combination{
	{Within: logouts, ActionName: "logout", ActionType: "interactive", Has: []string{"url"}, Ref: refLogout + " (A-47)"},
	{Within: logouts, ActionName: "partner_logout", ActionType: "partner_interactive", Lacks: []string{"url"}, Ref: refLogout + " (A-47)"},
	{Within: logouts, ActionName: "complete", ActionType: "none", Lacks: []string{"url"}, Ref: refLogout + " (A-47)"},
	{Within: logouts, ActionName: "invalid", ActionType: "none", Lacks: []string{"url"}, Ref: refLogout + " (A-47)"},
}

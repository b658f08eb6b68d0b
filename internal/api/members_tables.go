package api

import "slices"

const (
	refRegister      = "client credentials API page, answer"
	refToken         = "access token API page, answer"
	refConfiguration = "configuration API page, answer; read by its sample (A-21)"
	refCreate        = "create session API page, answer"
	refResume        = "resume session API page, answer"
	refRetrieve      = "retrieve session API page, answer"
	refProfiles      = "profiles API pages, answer"
	refDecisions     = "decisions API pages, answer"
	refLogout        = "logout API page, answer"
	refPartner       = "partner authentication request API page, answer"
	refError         = "enhanced error codes page, error object (A-39)"
)

var memberTables = [NumOps][]Member{
	OpRegister:         registerMembers,
	OpToken:            tokenMembers,
	OpConfiguration:    configurationMembers,
	OpSessionsCreate:   sessionMembers(refCreate, []string{"authenticate", "resume", "authorize"}),
	OpSessionsResume:   sessionMembers(refResume, []string{"authenticate", "retry", "authorize"}),
	OpSessionsRetrieve: retrieveMembers,
	OpProfilesList:     profileMembers(nil, "regular", "appleSSO", "platformSSO", "serviceTokenSSO"),
	OpProfilesMVPD: profileMembers(nil, "regular", "degraded", "temporary", "appleSSO", "platformSSO",
		"serviceTokenSSO"),
	OpProfilesCode: profileMembers(nil, "regular", "degraded", "temporary"),
	// The page's own sample of a degraded profile stands outside its lists.
	OpSSOProfiles:  profileMembers([]string{"Apple", "Adobe"}, "appleSSO", "degraded"),
	OpAuthorize:    slices.Concat(decisionMembers, mediaTokenMembers, below("decisions[].error", enhancedErrorMembers)),
	OpPreauthorize: slices.Concat(decisionMembers, noTokenMembers, below("decisions[].error", enhancedErrorMembers)),
	OpLogout:       logoutMembers,
	OpSSOSessions: slices.Concat(
		sessionMembers(refPartner, []string{"partner_profile", "authenticate", "resume", "authorize"}),
		partnerRequestMembers),
}

var registerMembers = []Member{
	{Path: "client_id", Type: TypeString, Required: true, Ref: refRegister},
	{Path: "client_secret", Type: TypeString, Required: true, Ref: refRegister},
	{Path: "client_id_issued_at", Type: TypeInteger, Required: true, Ref: refRegister + "; unit not given (A-07)"},
	{Path: "redirect_uris", Type: TypeStrings, Required: true, Ref: refRegister + "; need not echo the request (A-09)"},
	{Path: "grant_types", Type: TypeStrings, Required: true, Ref: refRegister},
	{Path: "scopes", Type: TypeStrings, Required: true, Ref: refRegister},
}

var tokenMembers = []Member{
	{Path: "id", Type: TypeString, Required: true, Ref: refToken},
	{Path: "access_token", Type: TypeString, Required: true, Ref: refToken},
	{Path: "created_at", Type: TypeInteger, Required: true, Ref: refToken + "; milliseconds since the epoch (A-06)"},
	{Path: "expires_in", Type: TypeInteger, Required: true, Ref: refToken + "; seconds (A-06)"},
	{Path: "token_type", Type: TypeString, Required: true, Enum: []string{"bearer"}, FoldCase: true, Ref: refToken},
}

// configurationMembers require only what A-21 leaves standing: the requestor's
// id, and the id and display name of each of its TV providers.
var configurationMembers = []Member{
	{Path: "requestor", Type: TypeObject, Required: true, Ref: refConfiguration},
	{Path: "requestor.id", Type: TypeString, Required: true, Ref: refConfiguration},
	{Path: "requestor.name", Type: TypeString, Ref: refConfiguration},
	{Path: "requestor.domains", Type: TypeArray, Ref: refConfiguration},
	{Path: "requestor.domains[].name", Type: TypeString, Ref: refConfiguration},
	{Path: "requestor.mvpds", Type: TypeArray, Required: true, Ref: refConfiguration},
	{Path: "requestor.mvpds[].id", Type: TypeString, Required: true, Ref: refConfiguration},
	{Path: "requestor.mvpds[].displayName", Type: TypeString, Required: true, Ref: refConfiguration},
	{Path: "requestor.mvpds[].logoUrl", Type: TypeString, Ref: refConfiguration},
	{Path: "requestor.mvpds[].isTempPass", Type: TypeBool, Ref: refConfiguration},
	{Path: "requestor.mvpds[].isProxy", Type: TypeBool, Ref: refConfiguration},
	{Path: "requestor.mvpds[].boardingStatus", Type: TypeString, Ref: refConfiguration},
	{Path: "requestor.mvpds[].platformMappingId", Type: TypeString, Ref: refConfiguration},
	{Path: "requestor.mvpds[].enablePlatformServices", Type: TypeBool, Ref: refConfiguration},
	{Path: "requestor.mvpds[].displayInPlatformPicker", Type: TypeBool, Ref: refConfiguration},
	{Path: "requestor.mvpds[].enforcePlatformPermissions", Type: TypeBool, Ref: refConfiguration},
	{Path: "device", Type: TypeString, Ref: refConfiguration},
	{Path: "clientType", Type: TypeString, Ref: refConfiguration},
	{Path: "errorReporting", Type: TypeObject, Ref: refConfiguration},
	{Path: "time", Type: TypeAny, Ref: refConfiguration},
}

// profileMembers describes a map of profiles. The issuer is open where TV
// providers may be named, for their ids are.
func profileMembers(issuers []string, types ...string) []Member {
	return []Member{
		{Path: "profiles", Type: TypeMap, Required: true, Ref: refProfiles},
		{Path: "profiles.*", Type: TypeObject, Required: true, Ref: refProfiles},
		{Path: "profiles.*.notBefore", Type: TypeMillis, Required: true, Ref: refProfiles},
		{Path: "profiles.*.notAfter", Type: TypeMillis, Required: true, Ref: refProfiles},
		{Path: "profiles.*.issuer", Type: TypeString, Required: true, Enum: issuers, Ref: refProfiles},
		{Path: "profiles.*.type", Type: TypeString, Required: true, Enum: types, Ref: refProfiles},
		{Path: "profiles.*.attributes", Type: TypeMap, Required: true, Ref: refProfiles},
		{Path: "profiles.*.attributes.userID", Type: TypeObject, Required: true, Ref: refProfiles},
		{Path: "profiles.*.attributes.*", Type: TypeObject, Required: true, Ref: refProfiles},
		{Path: "profiles.*.attributes.*.value", Type: TypeAny, Required: true, Ref: refProfiles},
		{Path: "profiles.*.attributes.*.state", Type: TypeString, Required: true, Enum: []string{"plain", "enc"}, Ref: refProfiles},
	}
}

var decisionMembers = []Member{
	{Path: "decisions", Type: TypeArray, Required: true, Ref: refDecisions},
	{Path: "decisions[]", Type: TypeObject, Required: true, Ref: refDecisions},
	{Path: "decisions[].resource", Type: TypeString, Required: true, Ref: refDecisions},
	{Path: "decisions[].serviceProvider", Type: TypeString, Required: true, Ref: refDecisions},
	{Path: "decisions[].mvpd", Type: TypeString, Required: true, Ref: refDecisions},
	{Path: "decisions[].authorized", Type: TypeBool, Required: true, Ref: refDecisions},
	{Path: "decisions[].source", Type: TypeString, Required: true, Ref: refDecisions,
		Enum: []string{"mvpd", "degradation", "temppass", "dummy"}},
	{Path: "decisions[].error", Type: TypeObject, Ref: refDecisions + "; on a denial"},
}

// mediaTokenMembers come with a permission to play.
var mediaTokenMembers = []Member{
	{Path: "decisions[].notBefore", Type: TypeMillis, Ref: refDecisions},
	{Path: "decisions[].notAfter", Type: TypeMillis, Ref: refDecisions},
	{Path: "decisions[].token", Type: TypeObject, Ref: refDecisions + "; on a permission"},
	{Path: "decisions[].token.notBefore", Type: TypeMillis, Required: true, Ref: refDecisions},
	{Path: "decisions[].token.notAfter", Type: TypeMillis, Required: true, Ref: refDecisions},
	{Path: "decisions[].token.serializedToken", Type: TypeString, Required: true, Ref: refDecisions},
}

// noTokenMembers: a preauthorization informs, and never lets anybody play.
var noTokenMembers = []Member{
	{Path: "decisions[].token", Type: TypeAny, Forbidden: true, Ref: refDecisions},
}

var enhancedErrorMembers = []Member{
	{Path: "action", Type: TypeString, Required: true, Ref: refError,
		Enum: []string{"none", "configuration", "application-registration", "authentication", "authorization", "retry"}},
	{Path: "status", Type: TypeInteger, Required: true, Ref: refError},
	{Path: "code", Type: TypeString, Required: true, Ref: refError},
	{Path: "message", Type: TypeString, Ref: refError},
	{Path: "details", Type: TypeString, Ref: refError},
	{Path: "helpUrl", Type: TypeURL, Ref: refError},
	{Path: "trace", Type: TypeString, Ref: refError},
}

var (
	registerErrorMembers = dcrErrorMembers(registerErrors, "client credentials API page, errors")
	tokenErrorMembers    = dcrErrorMembers(tokenErrors, "access token API page, errors")
)

func dcrErrorMembers(errs []DCRError, ref string) []Member {
	codes := make([]string, len(errs))
	for i := range errs {
		codes[i] = errs[i].Code
	}
	return []Member{{Path: "error", Type: TypeString, Required: true, Enum: codes, Ref: ref}}
}

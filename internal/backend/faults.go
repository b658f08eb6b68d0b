package backend

import "github.com/dcrbench/dcrbench/internal/spoil"

// Fault is a way in which a Service can be made to break one rule of the
// documents, and no other.
type Fault struct {
	// ID is the id of the check that it turns red.
	ID string `json:"id"`
	// Description says in a line what the service then does.
	Description string `json:"description"`
}

// fault numbers the faults.
type fault uint8

const (
	regStatus201 fault = iota
	regMediaType
	regClientID
	regClientIDFresh
	regSecretUnique
	regIssuedAt
	regMemberTypes
	regNoStore
	regErrShape
	regErrCodes
	regMethod405
	regFormRejected
	regUnknownIgnored
	tokStatus
	tokMediaType
	tokAccessToken
	tokTokenType
	tokExpiresIn
	tokExpiryHonest
	tokCreatedAt
	tokNoRefresh
	tokNoStore
	tokPragma
	tokPostOnly
	tokCredsNotInURI
	tokOneMethod
	tokFormOnly
	tokRepeatParam
	tokUnknownParam
	tokErrStatus
	tokErrClient
	tokErrGrant
	tokErrUniform
	tokErrCharset
	apiHeader
	apiNoToken
	apiBadToken
	apiExpired
	apiForeign
	apiScope
	apiQueryToken
	api401Challenge
	apiDeviceIdentifier
	thrStatus
	thrExplains
	thrRetryAfterSyntax
	thrRetryAfterHonest
	thrNotCached
	thrLimits
	thrBurst
	thrRate
	thrMinWait
	thrScope
	thrKey
	thrKeyIsolation
	thrRejectedFree
	errUnknownCode
	errWrongAction
	errBodyStatus
	errStatusType
	errNoCode
	errHelpURL
	errMediaType
	configDisplayName
	sessionMissingCode
	sessionActionName
	sessionNotAfterType
	sessionSuperseded
	sessionExpired
	sessionDevice
	authenticateLocation
	profileNotAfterType
	profileType
	profileUserID
	profilePartnerStatus
	decisionMissingSource
	decisionAuthorizedType
	decisionToken
	decisionTokenEarly
	decisionMaximum
	logoutURL
	logoutKeepsProfile

	numFaults
)

var faults = [numFaults]Fault{
	regStatus201:           {"reg.status-201", "a registration succeeds with 200 instead of 201"},
	regMediaType:           {"reg.media-type", "credentials come as text/plain"},
	regClientID:            {"reg.client-id", "credentials lack client_id"},
	regClientIDFresh:       {"reg.client-id-fresh", "every registration gets the same client_id"},
	regSecretUnique:        {"reg.secret-unique", "every client gets the same secret"},
	regIssuedAt:            {"reg.issued-at", "client_id_issued_at is a string"},
	regMemberTypes:         {"reg.member-types", "redirect_uris is a string instead of an array"},
	regNoStore:             {"reg.no-store", "credentials come without Cache-Control: no-store"},
	regErrShape:            {"reg.err-shape", "registration errors have no member error"},
	regErrCodes:            {"reg.err-codes", "a bad statement is answered with invalid_request"},
	regMethod405:           {"reg.method-405", "a 405 of the registration endpoint lists no Allow"},
	regFormRejected:        {"reg.form-rejected", "a form is taken as a registration"},
	regUnknownIgnored:      {"reg.unknown-ignored", "unknown registration metadata is refused"},
	tokStatus:              {"tok.status-200", "a token comes with 202 instead of the documented 201"},
	tokMediaType:           {"tok.media-type", "a token comes as text/plain"},
	tokAccessToken:         {"tok.access-token", "the token answer lacks access_token"},
	tokTokenType:           {"tok.token-type", "token_type is mac"},
	tokExpiresIn:           {"tok.expires-in", "expires_in is a string"},
	tokExpiryHonest:        {"tok.expiry-honest", "a token ends after half of the life that it announces"},
	tokCreatedAt:           {"tok.created-at", "created_at is in seconds instead of milliseconds"},
	tokNoRefresh:           {"tok.no-refresh", "the token answer carries a refresh_token"},
	tokNoStore:             {"tok.no-store", "a token comes without Cache-Control: no-store"},
	tokPragma:              {"tok.pragma", "a token comes without Pragma: no-cache"},
	tokPostOnly:            {"tok.post-only", "GET issues a token"},
	tokCredsNotInURI:       {"tok.creds-not-in-uri", "credentials in the query are taken"},
	tokOneMethod:           {"tok.one-method", "Basic credentials beside those in the body are overlooked"},
	tokFormOnly:            {"tok.form-only", "a JSON body is taken as a token request"},
	tokRepeatParam:         {"tok.repeat-param", "a repeated parameter is overlooked"},
	tokUnknownParam:        {"tok.unknown-param", "an unknown parameter is refused"},
	tokErrStatus:           {"tok.err-status", "token errors come with 403 instead of 400"},
	tokErrClient:           {"tok.err-client", "bad credentials are answered with invalid_request"},
	tokErrGrant:            {"tok.err-grant", "an unknown grant type is answered with invalid_request"},
	tokErrUniform:          {"tok.err-uniform", "an unknown client is told from a wrong secret"},
	tokErrCharset:          {"tok.err-charset", "the error of a token answer has characters outside the allowed ones"},
	apiHeader:              {"api.header", "the scheme Bearer is taken in that spelling only"},
	apiNoToken:             {"api.no-token", "a call without a token gets 403 instead of 401"},
	apiBadToken:            {"api.bad-token", "a call with an unknown token gets 403 instead of 401"},
	apiExpired:             {"api.expired", "an expired token is accepted while it is remembered"},
	apiForeign:             {"api.foreign", "a token is accepted for a service provider that it does not cover"},
	apiScope:               {"api.scope", "a token without the scope of REST API v2 is accepted"},
	apiQueryToken:          {"api.query-token", "a token in the query is accepted"},
	api401Challenge:        {"api.401-has-challenge", "a 401 comes without WWW-Authenticate"},
	apiDeviceIdentifier:    {"api.device-identifier", "calls without AP-Device-Identifier are served"},
	thrStatus:              {"thr.status", "a throttled request gets 503 instead of 429"},
	thrExplains:            {"thr.explains", "a 429 has an empty body"},
	thrRetryAfterSyntax:    {"thr.retry-after-syntax", "a 429 carries a Retry-After that is neither seconds nor a date"},
	thrRetryAfterHonest:    {"thr.retry-after-honest", "a 429 gives milliseconds as the seconds of Retry-After"},
	thrNotCached:           {"thr.not-cached", "a 429 allows caches to store it"},
	thrLimits:              {"thr.limits", "nothing is throttled"},
	thrMinWait:             {"thr.min-wait", "a refusal is followed by three refills without admission"},
	thrScope:               {"thr.scope", "each path has a limit of its own"},
	thrKey:                 {"thr.key", "requests are told apart by AP-Device-Identifier instead of the address"},
	thrBurst:               {"thr.burst", "the burst is a third of the configured one"},
	thrRate:                {"thr.rate", "the rate is twice the configured one"},
	thrKeyIsolation:        {"thr.key-isolation", "all devices share one bucket"},
	thrRejectedFree:        {"thr.rejected-free", "a refused request blocks its key for two refills"},
	errUnknownCode:         {"err.unknown-code", "enhanced errors carry a code outside the catalogue"},
	errWrongAction:         {"err.wrong-action", "enhanced errors carry an action that is not their code's"},
	errBodyStatus:          {"err.body-status", "the status inside an enhanced error is 418"},
	errStatusType:          {"err.status-type", "the status inside an enhanced error is a string"},
	errNoCode:              {"err.missing-code", "enhanced errors have no code"},
	errHelpURL:             {"err.help-url", "the helpUrl of an enhanced error is not absolute"},
	errMediaType:           {"err.media-type", "enhanced errors come as text/html"},
	configDisplayName:      {"configuration.display-name", "MVPDs are listed without displayName"},
	sessionMissingCode:     {"session.missing-code", "session answers lack the code"},
	sessionActionName:      {"session.action-name", "actionName is outside its closed set"},
	sessionNotAfterType:    {"session.notafter-type", "notAfter of a session is a number instead of a string"},
	sessionSuperseded:      {"session.superseded", "a code stays good after the device has asked for another"},
	sessionExpired:         {"session.expired", "a code stays good after its end while it is remembered"},
	sessionDevice:          {"session.device", "a retrieved session lacks the device"},
	authenticateLocation:   {"authenticate.location", "the Location of authenticate is not absolute"},
	profileNotAfterType:    {"profile.notafter-type", "notAfter of a profile is a string"},
	profileType:            {"profile.type", "the type of a profile is outside its closed set"},
	profileUserID:          {"profile.user-id", "profiles lack the attribute userID"},
	profilePartnerStatus:   {"profile.partner-status", "a partner profile is created with 202"},
	decisionMissingSource:  {"decision.missing-source", "decisions lack the source"},
	decisionAuthorizedType: {"decision.authorized-type", "authorized is a string"},
	decisionToken:          {"decision.missing-token", "a permission lacks the media token"},
	decisionTokenEarly:     {"decision.no-early-token", "a preauthorization carries a media token"},
	decisionMaximum:        {"decision.too-many", "any number of resources is decided"},
	logoutURL:              {"logout.url", "a url stands with every actionName of a logout, not with logout alone"},
	logoutKeepsProfile:     {"logout.removes-profile", "a profile survives the logout"},
}

// AllFaults lists every fault that a Config may name: those of Faults, and the
// changes of one answer that need nothing of the service's own. The caller may
// change the slice.
func AllFaults() []Fault {
	list := Faults()
	for _, f := range spoil.Faults() {
		if _, own := lookupFault(f.ID); !own {
			list = append(list, Fault{f.ID, f.What})
		}
	}
	return list
}

// foreignFaults are the ids that are no fault of Faults.
func foreignFaults(ids []string) []string {
	var list []string
	for _, id := range ids {
		if _, own := lookupFault(id); !own {
			list = append(list, id)
		}
	}
	return list
}

// Faults lists the faults of the service's own rules, in the order of the
// operations that they touch. The caller may change the slice.
func Faults() []Fault {
	list := make([]Fault, 0, numFaults)
	return append(list, faults[:]...)
}

func lookupFault(id string) (fault, bool) {
	for f := range numFaults {
		if faults[f].ID == id {
			return f, true
		}
	}
	return 0, false
}

// faultSet is the faults that are switched on.
type faultSet [2]uint64

func newFaultSet(ids []string) faultSet {
	var set faultSet
	for _, id := range ids {
		if f, ok := lookupFault(id); ok {
			set[f/64] |= 1 << (f % 64)
		}
	}
	return set
}

func (s *faultSet) has(f fault) bool { return s[f/64]&(1<<(f%64)) != 0 }

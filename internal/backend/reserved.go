package backend

// ErrorPrefix before an enhanced error code makes an MVPD or a resource that
// is always answered with that error. See the package comment.
const ErrorPrefix = "sim-error."

// Reserved service providers.
const (
	// SPUnknown is a service provider that nobody configured.
	SPUnknown = "SIM-UNKNOWN"
	// SPForeign exists, but no access token is good for it.
	SPForeign = "SIM-FOREIGN"
)

// Reserved MVPDs. They are known to every Service and not listed in the
// configuration answer.
const (
	// MVPDNotIntegrated has no active integration with any service provider.
	MVPDNotIntegrated = "sim-not-integrated"
	// MVPDNeverLogsIn leaves every authentication pending for ever.
	MVPDNeverLogsIn = "sim-never-logs-in"
	// MVPDNoLogout has no logout page: the logout is complete at once.
	MVPDNoLogout = "sim-no-logout"
	// MVPDNoPartner does not take part in partner single sign-on.
	MVPDNoPartner = "sim-no-partner"
	// MVPDInvalidated has invalidated every profile it ever gave.
	MVPDInvalidated = "sim-invalidated"
	// MVPDDummy decides without asking anybody: the source is dummy.
	MVPDDummy = "sim-dummy"
	// MVPDAuthNAll is under the degradation rule AuthNAll.
	MVPDAuthNAll = "sim-degraded-authn-all"
	// MVPDAuthZAll is under the degradation rule AuthZAll.
	MVPDAuthZAll = "sim-degraded-authz-all"
	// MVPDAuthZNone is under the degradation rule AuthZNone.
	MVPDAuthZNone = "sim-degraded-authz-none"
	// MVPDTempPass gives temporary access to anybody.
	MVPDTempPass = "sim-temppass"
	// MVPDTempPassPromo gives it to who names an AP-TempPass-Identity.
	MVPDTempPassPromo = "sim-temppass-promo"
	// MVPDTempPassOver has run out of time.
	MVPDTempPassOver = "sim-temppass-over"
	// MVPDTempPassUsedUp has run out of titles.
	MVPDTempPassUsedUp = "sim-temppass-used-up"
	// MVPDTempPassBroken is not configured properly.
	MVPDTempPassBroken = "sim-temppass-broken"
)

const (
	// ProviderMismatch is a partner framework's provider id that is known and
	// never the one of the request.
	ProviderMismatch = "sim-mismatch"
	// SoftwareNoGrant is the software id of an application that may register
	// and may not use the grant type client_credentials.
	SoftwareNoGrant = "sim-no-grant"
	// Partner is the one partner framework of the sso operations.
	Partner = "Apple"
	// ScopeV2 is the scope that REST API v2 asks for.
	ScopeV2 = "api:client:v2"
)

// kind is how an MVPD behaves.
type kind uint8

const (
	kindOrdinary kind = iota
	kindNotIntegrated
	kindNeverLogsIn
	kindNoLogout
	kindNoPartner
	kindInvalidated
	kindDummy
	kindAuthNAll
	kindAuthZAll
	kindAuthZNone
	kindTempPass
	kindTempPassPromo
	kindTempPassOver
	kindTempPassUsedUp
	kindTempPassBroken
	kindError
)

var reservedMVPDs = []struct {
	id   string
	kind kind
}{
	{MVPDNotIntegrated, kindNotIntegrated},
	{MVPDNeverLogsIn, kindNeverLogsIn},
	{MVPDNoLogout, kindNoLogout},
	{MVPDNoPartner, kindNoPartner},
	{MVPDInvalidated, kindInvalidated},
	{MVPDDummy, kindDummy},
	{MVPDAuthNAll, kindAuthNAll},
	{MVPDAuthZAll, kindAuthZAll},
	{MVPDAuthZNone, kindAuthZNone},
	{MVPDTempPass, kindTempPass},
	{MVPDTempPassPromo, kindTempPassPromo},
	{MVPDTempPassOver, kindTempPassOver},
	{MVPDTempPassUsedUp, kindTempPassUsedUp},
	{MVPDTempPassBroken, kindTempPassBroken},
}

// temporary reports whether access needs no login at the MVPD.
func (k kind) temporary() bool { return k >= kindTempPass && k <= kindTempPassBroken }

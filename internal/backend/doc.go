// Package backend holds the rules of the simulated service without HTTP:
// registration, access tokens and their expiry, throttling, authentication
// sessions, profiles, decisions and logout, with switchable faults and a ledger
// of what was answered.
//
// The package is pure: no socket, no clock, no goroutine, no lock. Time is an
// argument of Handle, ids and secrets come from a generator that the caller
// seeds, and a Service belongs to one goroutine at a time. The same seed and
// the same requests at the same times give the same answers.
//
// # Reserved values
//
// Ordinary values take the ordinary path. These make the rest of the documented
// answers reachable:
//
//	service provider  SPUnknown            400 invalid_parameter_service_provider
//	                  SPForeign            401 invalid_access_token_service_provider
//	MVPD              MVPDNotIntegrated    400 invalid_integration
//	                  MVPDNeverLogsIn      a login that is never finished
//	                  MVPDNoLogout         logout answers complete, without a url
//	                  MVPDNoPartner        the partner flow falls back: configuration_fallback
//	                  MVPDInvalidated      403 authenticated_profile_invalidated
//	                  MVPDDummy            decisions with the source dummy
//	                  MVPDAuthNAll         degraded: everybody has a profile
//	                  MVPDAuthZAll         degraded: every decision permits
//	                  MVPDAuthZNone        degraded: authorization_denied_by_degradation_rule
//	                  MVPDTempPass         temporary access without login
//	                  MVPDTempPassPromo    the same, needs AP-TempPass-Identity
//	                  MVPDTempPassOver     temporary_access_duration_limit_exceeded
//	                  MVPDTempPassUsedUp   temporary_access_resources_limit_exceeded
//	                  MVPDTempPassBroken   invalid_configuration_temporary_access
//	                  ErrorPrefix+code     that enhanced error, whatever the operation;
//	                                       a code that only decisions carry, in those alone
//	resource          …denied…             (pre)authorization_denied_by_mvpd
//	                  …parental…           authorization_denied_by_parental_controls
//	                  …hba…                authorization_denied_by_hba_policies
//	                  …retry…              network_received_error
//	                  ErrorPrefix+code     that enhanced error, if decisions may carry it
//	partner provider  ProviderMismatch     400 invalid_header_pfs_provider_id_mismatch
//	software id       SoftwareNoGrant      400 unauthorized_client at the token endpoint
//
// The words inside resource ids are looked for in any case. Error codes after
// ErrorPrefix are those of api.LookupError; other text behind it is an unknown
// MVPD or an ordinary resource.
package backend

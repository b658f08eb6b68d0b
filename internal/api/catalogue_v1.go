package api

// v1ErrorCodes are the codes that only REST API v1 lists. Its support has ended;
// the rows keep a recording of an old client explainable.
var v1ErrorCodes = []ErrorCode{
	{Code: "invalid_requestor", Action: ErrorActionNone, Statuses: []int{400}, V1: true,
		Means: "the requestor is not given or not known"},
	{Code: "invalid_device_info", Action: ErrorActionNone, Statuses: []int{400}, V1: true,
		Means: "the device information is missing or cannot be used"},
	{Code: "invalid_device_id", Action: ErrorActionNone, Statuses: []int{400}, V1: true,
		Means: "the device id is missing or cannot be used"},
	{Code: "missing_resource", Action: ErrorActionNone, Statuses: []int{400, 412}, V1: true,
		Means: "no resource is given"},
	{Code: "malformed_authz_request", Action: ErrorActionNone, Statuses: []int{400, 412}, V1: true,
		Means: "the authorization request is missing or cannot be used"},
	{Code: "internal_error", Action: ErrorActionNone, Statuses: []int{400, 405, 500}, V1: true,
		Means: "the service failed"},
	{Code: "unknown_integration", Action: ErrorActionConfiguration, Statuses: []int{400, 412}, V1: true,
		Means: "the programmer and the TV provider are not integrated"},
	{Code: "authentication_session_issuer_mismatch", Action: ErrorActionAuthentication, Statuses: []int{400}, V1: true,
		Means: "the session belongs to another TV provider"},
	{Code: "authentication_session_invalidated", Action: ErrorActionAuthentication, Statuses: []int{403}, V1: true,
		Means: "the TV provider ended the session"},
	{Code: "authentication_session_missing", Action: ErrorActionAuthentication, Statuses: []int{403, 412}, V1: true,
		Means: "there is no session"},
	{Code: "authentication_session_expired", Action: ErrorActionAuthentication, Statuses: []int{403, 412}, V1: true,
		Means: "the session has run out"},
	{Code: "preauthorization_authentication_session_missing", Action: ErrorActionAuthentication, Statuses: []int{412}, V1: true,
		Means: "there is no session to preauthorize with"},
	{Code: "preauthorization_authentication_session_expired", Action: ErrorActionAuthentication, Statuses: []int{412}, V1: true,
		Means: "the session to preauthorize with has run out"},
	{Code: "authorization_not_found", Action: ErrorActionAuthorization, Statuses: []int{403, 404}, V1: true,
		Means: "the resource was never authorized"},
	{Code: "authorization_expired", Action: ErrorActionAuthorization, Statuses: []int{410}, V1: true,
		Means: "the authorization of the resource has run out"},
}

// openAPIErrorCodes stand in the error enum of the OpenAPI file and on no page,
// so neither action nor status is known.
var openAPIErrorCodes = []ErrorCode{
	{Code: "invalid_refresh_token", Means: "a refresh token, which no page describes, is not valid (A-11)"},
	{Code: "maximum_attempts_exceeded", Means: "too many attempts, of a kind that no page describes"},
	{Code: "degraded_integration", Means: "the integration is degraded"},
	{Code: "authorization_denied_by_degradation_configuration_change", Means: "a change of the degradation rules denies the authorization"},
}

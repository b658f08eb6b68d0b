package plan

import (
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// kind is one of the answers that the service gives.
type kind uint8

const (
	// answerOK is the plain success of the operation.
	answerOK kind = iota
	// answerProfile is a success with one profile, answerNone one without any.
	answerProfile
	answerNone
	// answerAuthorize, answerResume and answerRetry are session answers with
	// these actions; answerOK is the one with the action authenticate.
	answerAuthorize
	answerResume
	answerRetry
	// answerDenied and answerRetryItem are decisions that do not permit.
	answerDenied
	answerRetryItem
	// The rest are refusals.
	answerThrottled
	answerFailed
	answerUnavailable
	answerUnauthorized
	answerNoClient
	answerBadSession
	// answerNoCode is for a request that lacks its code, so that its path leads
	// elsewhere.
	answerNoCode
	answerNoProfile
	answerProfileOver
	answerNoPermission

	numKinds
)

// errorBodies are the refusals that carry an error code.
var errorBodies = map[kind]string{
	answerFailed:       "internal_server_error",
	answerUnauthorized: "invalid_access_token_client_application",
	answerBadSession:   "invalid_authentication_session",
	answerNoProfile:    "authenticated_profile_missing",
	answerProfileOver:  "authenticated_profile_expired",
	answerNoPermission: "invalid_header_pfs_permission_access_not_present",
}

// answers holds what a device learns from each answer to each operation; what
// depends on the time is filled in later.
type answers [api.NumOps][numKinds]api.Response

// newAnswers makes the answers of a service whose tokens live for ttl and whose
// preauthorizations name that many resources.
func newAnswers(ttl time.Duration, resources int) *answers {
	a := new(answers)
	for op := api.OpRegister; op < api.NumOps; op++ {
		for k := range numKinds {
			if k >= answerThrottled {
				a[op][k] = refusal(op, k)
				continue
			}
			a[op][k] = success(op, k, ttl, resources)
		}
	}
	return a
}

func success(op api.Op, k kind, ttl time.Duration, resources int) api.Response {
	r := api.Response{Status: op.Describe().Statuses[0], Outcome: api.OutcomeOK, RetryAfter: -1}
	switch op {
	case api.OpRegister:
		r.ClientID, r.ClientSecret = "client", "secret"
	case api.OpToken:
		r.AccessToken, r.ExpiresIn = "token", ttl
	case api.OpSessionsCreate, api.OpSessionsResume:
		r.Action, r.Code = api.ActionAuthenticate, "CODE"
	case api.OpSSOSessions:
		r.Action = api.ActionPartnerProfile
	case api.OpAuthorize:
		r.Permitted = 1
	case api.OpPreauthorize:
		r.Permitted = resources
	}
	switch k {
	case answerProfile:
		r.Profiles = 1
	case answerAuthorize:
		r.Action, r.Code = api.ActionAuthorize, ""
	case answerResume:
		r.Action, r.Code = api.ActionResume, "CODE"
	case answerRetry:
		r.Action, r.Code = api.ActionRetry, "CODE"
	case answerDenied:
		r.Permitted, r.Denied = 0, 1
	case answerRetryItem:
		r.Permitted, r.Denied, r.RetryItems = 0, 1, 1
	}
	return r
}

// refusal lets the vocabulary say what a device learns from an error.
func refusal(op api.Op, k kind) api.Response {
	var out api.HTTPResponse
	switch k {
	case answerThrottled:
		out.Status = 429
	case answerUnavailable:
		out.Status = 503
	case answerNoClient:
		out.Status = 400
		out.Body = []byte(`{"error":"invalid_client"}`)
	case answerNoCode:
		out.Status = map[api.Op]int{api.OpAuthenticate: 404, api.OpSessionsRetrieve: 405}[op]
		if out.Status == 0 {
			out.Status = 400
		}
	default:
		row, ok := api.LookupError(errorBodies[k])
		if !ok {
			panic("plan: no such error code: " + errorBodies[k])
		}
		out.Status = row.Statuses[0]
		if op != api.OpAuthenticate {
			out.Body = fmt.Appendf(nil, `{"action":%q,"status":%d,"code":%q}`, row.Action.String(), out.Status, row.Code)
		}
	}
	var res api.Response
	api.Decode(op, &out, new(jsondoc.Doc), &res)
	return res
}

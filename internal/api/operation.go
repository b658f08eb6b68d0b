package api

import "strings"

// Op names one operation of the service.
type Op uint8

// The operations, in the order in which reports list them. The zero value is
// OpUnknown, so that a forgotten field never reads as a registration.
const (
	OpUnknown Op = iota
	OpRegister
	OpToken
	OpConfiguration
	OpSessionsCreate
	OpSessionsResume
	OpSessionsRetrieve
	OpAuthenticate
	OpProfilesList
	OpProfilesMVPD
	OpProfilesCode
	OpAuthorize
	OpPreauthorize
	OpLogout
	OpSSOSessions
	OpSSOProfiles

	// NumOps is the number of Op values, OpUnknown included: the length of a
	// table indexed by Op.
	NumOps
)

// Auth says how a request proves who sends it.
type Auth uint8

const (
	// AuthNone is the user agent's own call, which carries no credential.
	AuthNone Auth = iota
	// AuthStatement is the software statement in the body of a registration.
	AuthStatement
	// AuthClient is the client id and secret in the body of a token request.
	AuthClient
	// AuthBearer is an access token in the Authorization header.
	AuthBearer
)

// Body says in which media type an operation's request body travels.
type Body uint8

const (
	// BodyNone is a request without a body.
	BodyNone Body = iota
	// BodyJSON is application/json;charset=utf-8.
	BodyJSON
	// BodyForm is application/x-www-form-urlencoded.
	BodyForm
)

// Operation describes one operation as the vendor's API pages list it.
type Operation struct {
	// Name is the id used in profiles, flags, reports and ledgers.
	Name string
	// Method is the HTTP method.
	Method string
	// Template is the path with its parameters in braces; it serves as the
	// low-cardinality name of the route.
	Template string
	// Auth is the credential that the request carries.
	Auth Auth
	// Body is the media type of the request body.
	Body Body
	// Statuses are the documented HTTP statuses, success first. 429 is valid on
	// every throttled path and is not repeated here. The decision calls have a
	// 403 that their own pages leave to the error code lists.
	Statuses []int
	// DeviceHeaders reports whether the API page requires AP-Device-Identifier.
	// X-Device-Info is required there too, and also on the two DCR endpoints.
	DeviceHeaders bool
}

var operations = [NumOps]Operation{
	OpUnknown:          {Name: "unknown"},
	OpRegister:         {"register", "POST", "/o/client/register", AuthStatement, BodyJSON, []int{201, 400}, false},
	OpToken:            {"token", "POST", "/o/client/token", AuthClient, BodyForm, []int{201, 400}, false},
	OpConfiguration:    {"configuration", "GET", "/api/v2/{serviceProvider}/configuration", AuthBearer, BodyNone, []int{200, 400, 401, 405, 500}, false},
	OpSessionsCreate:   {"sessions.create", "POST", "/api/v2/{serviceProvider}/sessions", AuthBearer, BodyForm, []int{200, 400, 401, 405, 500}, true},
	OpSessionsResume:   {"sessions.resume", "POST", "/api/v2/{serviceProvider}/sessions/{code}", AuthBearer, BodyForm, []int{200, 400, 401, 405, 500}, false},
	OpSessionsRetrieve: {"sessions.retrieve", "GET", "/api/v2/{serviceProvider}/sessions/{code}", AuthBearer, BodyNone, []int{200, 400, 401, 405, 500}, false},
	OpAuthenticate:     {"authenticate", "GET", "/api/v2/authenticate/{serviceProvider}/{code}", AuthNone, BodyNone, []int{302, 400, 405, 500}, false},
	OpProfilesList:     {"profiles.list", "GET", "/api/v2/{serviceProvider}/profiles", AuthBearer, BodyNone, []int{200, 400, 401, 405, 500}, true},
	OpProfilesMVPD:     {"profiles.mvpd", "GET", "/api/v2/{serviceProvider}/profiles/{mvpd}", AuthBearer, BodyNone, []int{200, 400, 401, 403, 405, 500}, true},
	OpProfilesCode:     {"profiles.code", "GET", "/api/v2/{serviceProvider}/profiles/code/{code}", AuthBearer, BodyNone, []int{200, 400, 401, 403, 405, 500}, false},
	OpAuthorize:        {"decisions.authorize", "POST", "/api/v2/{serviceProvider}/decisions/authorize/{mvpd}", AuthBearer, BodyJSON, []int{200, 400, 401, 403, 405, 500}, true},
	OpPreauthorize:     {"decisions.preauthorize", "POST", "/api/v2/{serviceProvider}/decisions/preauthorize/{mvpd}", AuthBearer, BodyJSON, []int{200, 400, 401, 403, 405, 500}, true},
	OpLogout:           {"logout", "GET", "/api/v2/{serviceProvider}/logout/{mvpd}", AuthBearer, BodyNone, []int{200, 400, 401, 405, 500}, true},
	OpSSOSessions:      {"sso.sessions", "POST", "/api/v2/{serviceProvider}/sessions/sso/{partner}", AuthBearer, BodyForm, []int{200, 400, 401, 405, 500}, true},
	OpSSOProfiles:      {"sso.profiles", "POST", "/api/v2/{serviceProvider}/profiles/sso/{partner}", AuthBearer, BodyForm, []int{201, 200, 400, 401, 405, 500}, true},
}

// Describe returns the documented facts about o; the zero Operation's Name is
// "unknown" for a value outside the list.
func (o Op) Describe() *Operation {
	if o >= NumOps {
		o = OpUnknown
	}
	return &operations[o]
}

// String returns the operation's name, such as "decisions.authorize".
func (o Op) String() string { return o.Describe().Name }

// Protected reports whether the operation needs an access token.
func (o Op) Protected() bool { return o.Describe().Auth == AuthBearer }

// ParseOp returns the operation called name, and false when there is none.
func ParseOp(name string) (Op, bool) {
	for o := OpRegister; o < NumOps; o++ {
		if operations[o].Name == name {
			return o, true
		}
	}
	return OpUnknown, false
}

// OpNames lists the names of all operations, in report order.
func OpNames() []string {
	names := make([]string, 0, NumOps-1)
	for o := OpRegister; o < NumOps; o++ {
		names = append(names, operations[o].Name)
	}
	return names
}

// PathParams are the variable segments of a matched path, still escaped.
type PathParams struct {
	ServiceProvider, MVPD, Code, Partner string
}

// Match finds the operation that a request path belongs to, whatever its
// method, except where two operations differ by method alone. A single trailing
// slash is tolerated on REST API v2, and not on the two DCR paths. The
// path comes without its query.
func Match(method, path string) (Op, PathParams, bool) {
	switch path {
	case "/o/client/register":
		return OpRegister, PathParams{}, true
	case "/o/client/token":
		return OpToken, PathParams{}, true
	}
	rest, ok := strings.CutPrefix(strings.TrimSuffix(path, "/"), "/api/v2/")
	if !ok {
		return OpUnknown, PathParams{}, false
	}
	var seg [5]string
	n := 0
	for s := range strings.SplitSeq(rest, "/") {
		if n == len(seg) || s == "" {
			return OpUnknown, PathParams{}, false
		}
		seg[n] = s
		n++
	}
	return matchSegments(method, seg[:n])
}

func matchSegments(method string, seg []string) (Op, PathParams, bool) {
	if seg[0] == "authenticate" {
		if len(seg) != 3 {
			return OpUnknown, PathParams{}, false
		}
		return OpAuthenticate, PathParams{ServiceProvider: seg[1], Code: seg[2]}, true
	}
	p := PathParams{ServiceProvider: seg[0]}
	switch {
	case len(seg) == 2:
		return matchCollection(seg[1], p)
	case len(seg) == 3:
		return matchMember(method, seg[1], seg[2], p)
	case len(seg) == 4:
		return matchNested(seg[1], seg[2], seg[3], p)
	}
	return OpUnknown, PathParams{}, false
}

func matchCollection(kind string, p PathParams) (Op, PathParams, bool) {
	switch kind {
	case "configuration":
		return OpConfiguration, p, true
	case "sessions":
		return OpSessionsCreate, p, true
	case "profiles":
		return OpProfilesList, p, true
	}
	return OpUnknown, PathParams{}, false
}

func matchMember(method, kind, id string, p PathParams) (Op, PathParams, bool) {
	switch kind {
	case "sessions":
		p.Code = id
		if method == "POST" {
			return OpSessionsResume, p, true
		}
		return OpSessionsRetrieve, p, true
	case "profiles":
		p.MVPD = id
		return OpProfilesMVPD, p, true
	case "logout":
		p.MVPD = id
		return OpLogout, p, true
	}
	return OpUnknown, PathParams{}, false
}

func matchNested(kind, sub, id string, p PathParams) (Op, PathParams, bool) {
	switch kind + "/" + sub {
	case "profiles/code":
		p.Code = id
		return OpProfilesCode, p, true
	case "decisions/authorize":
		p.MVPD = id
		return OpAuthorize, p, true
	case "decisions/preauthorize":
		p.MVPD = id
		return OpPreauthorize, p, true
	case "sessions/sso":
		p.Partner = id
		return OpSSOSessions, p, true
	case "profiles/sso":
		p.Partner = id
		return OpSSOProfiles, p, true
	}
	return OpUnknown, PathParams{}, false
}

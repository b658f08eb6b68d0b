package contract

// Level says how much a finding weighs.
type Level uint8

// The levels: a breach of the contract, a deviation worth a warning, a remark.
const (
	Must Level = iota
	Should
	Note
)

// String returns the level's name, as it stands in a result.
func (l Level) String() string {
	switch l {
	case Must:
		return "must"
	case Should:
		return "should"
	}
	return "note"
}

// Rule is one thing that answers are judged by.
type Rule struct {
	// ID is a slug such as "contract.member-missing".
	ID string
	// Level is what a breach weighs.
	Level Level
	// Refs name the API pages and ambiguities behind the rule.
	Refs []string
	// Title says in a sentence what a sound answer does.
	Title string
	// says is how a finding's message begins.
	says string
}

const (
	pageAPI      = "REST API v2 pages"
	pageRegister = "DCR page: retrieve client credentials"
	pageToken    = "DCR page: retrieve access token"
	pageErrors   = "enhanced error codes page"
)

// rule numbers the rules.
type rule uint8

const (
	ruleStatus rule = iota
	ruleStatusOpen
	ruleMediaType
	ruleCharset
	ruleBody
	ruleLocation
	ruleMissing
	ruleType
	ruleEnum
	ruleRange
	ruleTimeUnit
	ruleConditional
	ruleCode
	ruleExpected
	ruleUnexpected
	ruleCombination
	ruleReason
	ruleErrorForm
	ruleErrorMember
	ruleDCRCode
	ruleUnknownCode
	ruleLegacyCode
	ruleUnknownAction
	ruleErrorAction
	ruleErrorStatus
	ruleHTTPStatus
	ruleErrorLevel

	numRules
)

var rules = [numRules]Rule{
	ruleStatus: {"contract.status", Must, []string{pageAPI, "A-18", "A-50"},
		"The HTTP status is one that the operation's page lists, or 429.",
		"the HTTP status is not documented for this operation"},
	ruleStatusOpen: {"contract.status-open", Should, []string{pageAPI, "A-16", "A-27", "A-50", "A-61"},
		"A status that every HTTP service may give, or that other pages give, is no breach and worth a look.",
		"the HTTP status is not on the operation's page, though others have it"},
	ruleMediaType: {"contract.media-type", Must, []string{pageAPI, "A-01", "A-26"},
		"The Content-Type is the documented one.",
		"the Content-Type is not the documented one"},
	ruleCharset: {"contract.charset", Must, []string{"A-01"},
		"A charset that the Content-Type names is UTF-8.",
		"the Content-Type names another charset than UTF-8"},
	ruleBody: {"contract.body", Must, []string{pageAPI},
		"The body is one JSON object.",
		"the body is no JSON object"},
	ruleLocation: {"contract.location", Must, []string{pageAPI, "A-26"},
		"A redirect carries an absolute Location.",
		"the redirect has no absolute Location"},
	ruleMissing: {"contract.member-missing", Must, []string{pageAPI, pageRegister, pageToken, "A-21", "A-23"},
		"Every required member is there.",
		"a required member is missing"},
	ruleType: {"contract.member-type", Must, []string{pageAPI, pageRegister, pageToken, "A-07", "A-24"},
		"Every documented member has its documented type.",
		"a member has another type than documented"},
	ruleEnum: {"contract.enum", Must, []string{pageAPI},
		"A member with a closed set of values has one of them.",
		"a value is outside its documented set"},
	ruleRange: {"contract.member-range", Must, []string{pageToken, "A-06"},
		"A life or a time is a positive number.",
		"a number is out of its sensible range"},
	ruleTimeUnit: {"contract.time-unit", Should, []string{pageToken, "A-06"},
		"Times are milliseconds since 1970.",
		"a time looks like seconds where milliseconds are documented"},
	ruleConditional: {"contract.member-conditional", Must, []string{pageAPI, "A-23"},
		"An actionName comes with the members that it cannot do without.",
		"the actionName cannot be followed without a member that is missing"},
	ruleCode: {"contract.session-code", Must, []string{pageAPI, "A-23"},
		"Read strictly, a resumed session has the code that the request named.",
		"the code is another than the request named"},
	ruleExpected: {"contract.member-expected", Should, []string{pageAPI},
		"A member that the samples always show in this case is there.",
		"a member that belongs to this kind of answer is missing"},
	ruleUnexpected: {"contract.member-unexpected", Should, []string{pageAPI, "A-47"},
		"A member that is documented for other cases only is not there.",
		"a member is present that is documented for other cases only"},
	ruleCombination: {"contract.combination", Must, []string{pageAPI},
		"actionName and actionType go together as documented.",
		"the actionType is not the documented one for the actionName"},
	ruleReason: {"contract.reason", Should, []string{pageAPI, "A-62"},
		"actionName and reasonType go together as documented.",
		"the reasonType is not documented for the actionName"},
	ruleErrorForm: {"contract.error-form", Must, []string{pageRegister, pageToken, pageErrors, "A-16", "A-17"},
		"An error body has the documented form.",
		"the error body has not the documented form"},
	ruleErrorMember: {"contract.error-member", Must, []string{pageErrors, "A-39"},
		"An enhanced error has action, status and code, and its members their types.",
		"a member of the enhanced error is missing or of another type"},
	ruleDCRCode: {"contract.dcr-error-code", Must, []string{pageRegister, pageToken},
		"A DCR error code is one that the operation's page lists.",
		"the DCR error code is not listed for this operation"},
	ruleUnknownCode: {"contract.error-unknown-code", Note, []string{pageErrors, "A-39"},
		"An enhanced error code is in the published list.",
		"the enhanced error code is in no published list"},
	ruleLegacyCode: {"contract.error-legacy-code", Should, []string{pageErrors, "A-39"},
		"An enhanced error code is one of REST API v2.",
		"the enhanced error code is not one of REST API v2"},
	ruleUnknownAction: {"contract.error-unknown-action", Note, []string{pageErrors, "A-39"},
		"An enhanced error's action is in the published set.",
		"the enhanced error's action is outside the published set"},
	ruleErrorAction: {"contract.error-action", Must, []string{pageErrors, "A-39"},
		"An enhanced error code comes with its listed action.",
		"the enhanced error code comes with another action than listed"},
	ruleErrorStatus: {"contract.error-status", Must, []string{pageErrors, "A-39"},
		"An enhanced error code comes with its listed status.",
		"the enhanced error code comes with another status than listed"},
	ruleHTTPStatus: {"contract.error-http-status", Note, []string{pageErrors},
		"The status of a top-level enhanced error is the HTTP status, though it may differ.",
		"the enhanced error's status differs from the HTTP status"},
	ruleErrorLevel: {"contract.error-level", Must, []string{pageErrors, "A-27"},
		"An enhanced error travels where the documents show it: as the body, or inside a decision.",
		"the enhanced error travels where its code is not documented"},
}

// Rules lists the rules, read only.
func Rules() []Rule { return rules[:] }

// Options say how strictly answers are read. The zero Options are tolerant.
type Options struct {
	// Strict applies the strict reading where the documents contradict
	// themselves.
	Strict bool
}

package contract

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
)

const (
	jsonType = "application/json"
	htmlType = "text/html"
)

// answerOf is an exchange of op with that answer.
func answerOf(op api.Op, status int, contentType, body string) *record.Exchange {
	x := &record.Exchange{
		Request: &api.Request{Op: op}, Response: &api.Response{},
		Wire: &api.HTTPRequest{}, Answer: &api.HTTPResponse{Status: status, Body: []byte(body)},
	}
	if contentType != "" {
		x.Answer.Header = append(x.Answer.Header, api.Field{Name: "Content-Type", Value: contentType})
	}
	if op == api.OpAuthenticate && status == 302 {
		x.Answer.Header = append(x.Answer.Header, api.Field{Name: "Location", Value: body})
		x.Answer.Body = nil
	}
	doc := &jsondoc.Doc{}
	api.Decode(op, x.Answer, doc, x.Response)
	x.JSON = doc.Root()
	return x
}

// findingsOf lists what is wrong with x as "rule detail", one a line.
func findingsOf(o Options, x *record.Exchange) string {
	var lines []string
	NewEvaluator(o).Evaluate(x, func(f Finding) {
		lines = append(lines, strings.TrimPrefix(f.Rule.ID, "contract.")+" "+f.Detail)
	})
	return strings.Join(lines, "\n")
}

// sound holds a sound success body of every operation.
var sound = [api.NumOps]string{
	api.OpRegister: `{"client_id":"c","client_secret":"s","client_id_issued_at":1700000000,"redirect_uris":[],` +
		`"grant_types":["client_credentials"],"scopes":["api:client:v2"]}`,
	api.OpToken: `{"id":"i","access_token":"t","created_at":1700000000000,"expires_in":21600,"token_type":"Bearer"}`,
	api.OpConfiguration: `{"requestor":{"id":"r","name":"R","mvpds":[{"id":"m","displayName":"M","isTempPass":false}]},` +
		`"device":"tv","os":"x"}`,
	api.OpSessionsCreate: `{"actionName":"authenticate","actionType":"interactive","reasonType":"none","url":"/api/v2/authenticate/r/C",` +
		`"code":"C","sessionId":"s","mvpd":"m","serviceProvider":"r","notBefore":"1700000000000","notAfter":"1700000001000"}`,
	api.OpSessionsResume: `{"actionName":"retry","actionType":"direct","reasonType":"none","missingParameters":["domainName"],` +
		`"code":"C","sessionId":"s","serviceProvider":"r"}`,
	api.OpSessionsRetrieve: `{"existingParameters":{"mvpd":"m"},"device":{"type":"TV"},"notBefore":"1700000000000","notAfter":"1700000001000"}`,
	api.OpAuthenticate:     "https://mvpd.example/login",
	api.OpProfilesList:     soundProfiles,
	api.OpProfilesMVPD:     soundProfiles,
	api.OpProfilesCode:     soundProfiles,
	api.OpAuthorize: `{"decisions":[{"resource":"R","serviceProvider":"r","mvpd":"m","authorized":true,"source":"mvpd",` +
		`"token":{"notBefore":1,"notAfter":2,"serializedToken":"x"}},` +
		`{"resource":"S","serviceProvider":"r","mvpd":"m","authorized":false,"source":"mvpd","error":` + soundDenial + `}]}`,
	api.OpPreauthorize: `{"decisions":[{"resource":"R","serviceProvider":"r","mvpd":"m","authorized":true,"source":"mvpd"}]}`,
	api.OpLogout:       `{"logouts":{"m":{"actionName":"logout","actionType":"interactive","mvpd":"m","url":"/logout"}}}`,
	api.OpSSOSessions: `{"actionName":"partner_profile","actionType":"direct","reasonType":"none","url":"/api/v2/r/profiles/sso/Apple",` +
		`"sessionId":"s","serviceProvider":"r","authenticationRequest":{"type":"saml","request":"x","attributesNames":["a"]}}`,
	api.OpSSOProfiles: strings.Replace(soundProfiles, `"issuer":"m","type":"regular"`, `"issuer":"Apple","type":"appleSSO"`, 1),
}

const (
	soundProfiles = `{"profiles":{"m":{"notBefore":1700000000000,"notAfter":1700000001000,"issuer":"m","type":"regular",` +
		`"attributes":{"userID":{"value":"u","state":"plain"},"zip":{"value":["1"],"state":"enc"}}}}}`
	soundDenial = `{"action":"none","status":403,"code":"authorization_denied_by_mvpd","message":"no","helpUrl":"https://h.example/x"}`
	soundError  = `{"action":"none","status":400,"code":"invalid_parameter_mvpd","message":"no","trace":"t"}`
)

func successStatus(op api.Op) int { return op.Describe().Statuses[0] }

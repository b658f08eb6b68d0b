package api

import (
	"slices"
	"strings"
	"testing"
)

func TestCatalogueHasTheCountsOfTheLists(t *testing.T) {
	var v1, v2, shared, openAPI int
	seen := map[string]bool{}
	for _, c := range ErrorCodes() {
		if seen[c.Code] {
			t.Errorf("%s stands twice", c.Code)
		}
		seen[c.Code] = true
		if c.V1 {
			v1++
		}
		if c.V2 {
			v2++
		}
		if c.V1 && c.V2 {
			shared++
		}
		if c.OpenAPIOnly() {
			openAPI++
		}
	}
	if v2 != 47 || v1 != 25 || shared != 10 || len(seen) != 62+4 || openAPI != 4 {
		t.Errorf("v2 %d, v1 %d, shared %d, all %d, openapi %d; want 47, 25, 10, 66, 4", v2, v1, shared, len(seen), openAPI)
	}
	if r, tok := len(RegisterErrors()), len(TokenErrors()); r != 4 || tok != 4 {
		t.Errorf("%d register codes and %d token codes, want 4 and 4", r, tok)
	}
}

func TestCatalogueRowsKeepToTheClosedSets(t *testing.T) {
	for _, c := range ErrorCodes() {
		if c.Means == "" || strings.HasSuffix(c.Means, ".") {
			t.Errorf("%s: meaning %q", c.Code, c.Means)
		}
		if c.OpenAPIOnly() {
			if c.Action != ErrorActionAbsent || c.Statuses != nil {
				t.Errorf("%s has an action or a status", c.Code)
			}
			continue
		}
		if !slices.Contains(ErrorActions(), c.Action) || c.V2 && c.Action == ErrorActionAuthorization {
			t.Errorf("%s: action %v", c.Code, c.Action)
		}
		for _, s := range c.Statuses {
			if !IsErrorStatus(s) || c.V2 && !slices.Contains(V2ErrorStatuses(), s) {
				t.Errorf("%s: status %d", c.Code, s)
			}
		}
		if len(c.Statuses) == 0 || len(c.Code) > maxErrorCode {
			t.Errorf("%s: statuses %v", c.Code, c.Statuses)
		}
		if row, ok := LookupError(c.Code); !ok || row.Code != c.Code {
			t.Errorf("LookupError(%q) = %v, %v", c.Code, row, ok)
		}
	}
	if _, ok := LookupError("no_such_code"); ok {
		t.Error("a code outside the lists was found")
	}
}

func TestClosedSetsAreWhole(t *testing.T) {
	if len(ErrorActions()) != 6 || len(ErrorStatuses()) != 8 {
		t.Errorf("%d actions and %d statuses, want 6 and 8", len(ErrorActions()), len(ErrorStatuses()))
	}
	for status := range 600 {
		if IsErrorStatus(status) != slices.Contains(ErrorStatuses(), status) {
			t.Errorf("IsErrorStatus(%d) = %v", status, IsErrorStatus(status))
		}
	}
	for _, a := range ErrorActions() {
		if ParseErrorAction(a.String()) != a {
			t.Errorf("%v does not survive its name", a)
		}
	}
	if ParseErrorAction("") != ErrorActionAbsent || ParseErrorAction("retry-after") != ErrorActionUnknown ||
		ParseErrorAction("unknown") != ErrorActionUnknown {
		t.Error("names outside the set do not read as absent or unknown")
	}
}

func TestCatalogueRowsOfNote(t *testing.T) {
	tests := []struct {
		code     string
		action   ErrorAction
		statuses []int
		level    ErrorLevel
		v1, v2   bool
	}{
		{"invalid_parameter_code", ErrorActionNone, []int{400}, TopLevel, false, true},
		{"authorization_denied_by_mvpd", ErrorActionNone, []int{403}, ItemLevel, true, true},
		{"too_many_resources", ErrorActionConfiguration, []int{403}, EitherLevel, true, true},
		{"invalid_access_token_client_application", ErrorActionRegistration, []int{401}, TopLevel, false, true},
		{"authenticated_profile_missing", ErrorActionAuthentication, []int{403}, EitherLevel, false, true},
		{"invalid_header_identity_for_temporary_access", ErrorActionNone, []int{400}, EitherLevel, false, true},
		{"network_received_error", ErrorActionRetry, []int{403}, ItemLevel, true, true},
		{"internal_error", ErrorActionNone, []int{400, 405, 500}, EitherLevel, true, false},
		{"authorization_not_found", ErrorActionAuthorization, []int{403, 404}, EitherLevel, true, false},
		{"degraded_integration", ErrorActionAbsent, nil, EitherLevel, false, false},
	}
	for _, tt := range tests {
		c, ok := LookupError(tt.code)
		if !ok || c.Action != tt.action || !slices.Equal(c.Statuses, tt.statuses) || c.Level != tt.level ||
			c.V1 != tt.v1 || c.V2 != tt.v2 {
			t.Errorf("%s: got %+v", tt.code, c)
		}
	}
}

func TestCatalogueToleratesWhatTheDocumentsLeaveOpen(t *testing.T) {
	sampled, _ := LookupError("temporary_access_duration_limit_exceeded")
	if !sampled.HasAction(ErrorActionAuthentication) || !sampled.HasAction(ErrorActionNone) || sampled.HasAction(ErrorActionRetry) {
		t.Errorf("%s: the action of a sample is not taken", sampled.Code)
	}
	denied, _ := LookupError("authorization_denied_by_mvpd")
	broken, _ := LookupError("internal_server_error")
	if !denied.AllowedAt(TopLevel) || !denied.AllowedAt(ItemLevel) || !broken.AllowedAt(TopLevel) || broken.AllowedAt(ItemLevel) {
		t.Error("codes with status 403 may travel at both levels, others at their own")
	}
	if denied.HasAction(ErrorActionAbsent) || !denied.HasStatus(403) || denied.HasStatus(400) {
		t.Errorf("%s: got %+v", denied.Code, denied)
	}
	if TopLevel.String() != "top" || ItemLevel.String() != "item" || EitherLevel.String() != "either" {
		t.Error("the levels have lost their names")
	}
}

func TestNamedErrorsAreCatalogued(t *testing.T) {
	named := 0
	for op := OpUnknown; op < NumOps; op++ {
		for _, code := range op.CommonErrors() {
			named++
			if c, ok := LookupError(code); !ok || !c.V2 {
				t.Errorf("%v names %s, which is no code of v2", op, code)
			}
		}
		for _, e := range op.DCRErrors() {
			if got, ok := LookupDCRError(op, e.Code); !ok || got != e || e.Means == "" {
				t.Errorf("LookupDCRError(%v, %q) = %v, %v", op, e.Code, got, ok)
			}
		}
	}
	if named != 3*2+4+5+7 {
		t.Errorf("%d codes are named", named)
	}
	if _, ok := LookupDCRError(OpRegister, "invalid_client"); ok {
		t.Error("invalid_client is no code of the registration")
	}
	if _, ok := LookupDCRError(OpConfiguration, "invalid_request"); ok {
		t.Error("a REST API v2 call has no DCR codes")
	}
}

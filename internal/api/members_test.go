package api

import (
	"slices"
	"strings"
	"testing"
)

// allMembers lists every table under a name of its own.
func allMembers() map[string][]Member {
	tables := map[string][]Member{
		"enhanced error": EnhancedErrorMembers(),
		"register error": DCRErrorMembers(OpRegister), "token error": DCRErrorMembers(OpToken),
	}
	for op := OpRegister; op < NumOps; op++ {
		tables[op.String()] = op.Members()
	}
	return tables
}

// parent returns the path that must hold path, and the types that can.
func parent(path string) (string, []MemberType) {
	if p, ok := strings.CutSuffix(path, "[]"); ok {
		return p, []MemberType{TypeArray}
	}
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", nil
	}
	holder, name := path[:i], path[i+1:]
	if p, ok := strings.CutSuffix(holder, "[]"); ok {
		// The elements may go without a row of their own.
		return p, []MemberType{TypeArray}
	}
	if name == "*" {
		return holder, []MemberType{TypeMap}
	}
	return holder, []MemberType{TypeObject, TypeMap}
}

func TestMemberTablesAreWellFormed(t *testing.T) {
	for name, members := range allMembers() {
		types := map[string]MemberType{}
		for _, m := range members {
			if _, twice := types[m.Path]; twice {
				t.Errorf("%s: %s stands twice", name, m.Path)
			}
			types[m.Path] = m.Type
			if holder, want := parent(m.Path); want != nil {
				if got, ok := types[holder]; !ok || !slices.Contains(want, got) {
					t.Errorf("%s: %s stands below %q, which is %v, %v", name, m.Path, holder, got, ok)
				}
			}
			if m.Ref == "" || m.Required && m.Forbidden {
				t.Errorf("%s: %+v", name, m)
			}
			if m.Enum != nil && m.Type != TypeString {
				t.Errorf("%s: %s lists values but is %v", name, m.Path, m.Type)
			}
		}
	}
}

func TestEveryOperationButAuthenticateHasABody(t *testing.T) {
	for op := OpUnknown; op < NumOps; op++ {
		if got, want := op.Members() != nil, op != OpUnknown && op != OpAuthenticate; got != want {
			t.Errorf("%v has members: %v, want %v", op, got, want)
		}
		if got, want := DCRErrorMembers(op) != nil, op == OpRegister || op == OpToken; got != want {
			t.Errorf("%v has DCR error members: %v, want %v", op, got, want)
		}
	}
	if Op(200).Members() != nil {
		t.Error("a value outside the list has members")
	}
}

// required lists the paths of a table's required members, as one string.
func required(members []Member) string {
	var names []string
	for _, m := range members {
		if m.Required {
			names = append(names, m.Path)
		}
	}
	return strings.Join(names, " ")
}

func TestRequiredMembersAreTheDocumentedOnes(t *testing.T) {
	session := "actionName actionType reasonType sessionId serviceProvider"
	profiles := "profiles profiles.* profiles.*.notBefore profiles.*.notAfter profiles.*.issuer profiles.*.type " +
		"profiles.*.attributes profiles.*.attributes.userID profiles.*.attributes.* profiles.*.attributes.*.value " +
		"profiles.*.attributes.*.state"
	decision := "decisions decisions[] decisions[].resource decisions[].serviceProvider decisions[].mvpd " +
		"decisions[].authorized decisions[].source"
	itemError := " decisions[].error.action decisions[].error.status decisions[].error.code"
	tests := map[string]string{
		"register":          "client_id client_secret client_id_issued_at redirect_uris grant_types scopes",
		"token":             "id access_token created_at expires_in token_type",
		"configuration":     "requestor requestor.id requestor.mvpds requestor.mvpds[].id requestor.mvpds[].displayName",
		"sessions.create":   session,
		"sessions.resume":   session,
		"sessions.retrieve": "existingParameters device notBefore notAfter",
		"authenticate":      "",
		"profiles.list":     profiles,
		"profiles.mvpd":     profiles,
		"profiles.code":     profiles,
		"sso.profiles":      profiles,
		"sso.sessions":      session + " authenticationRequest.request",
		"decisions.authorize": decision + " decisions[].token.notBefore decisions[].token.notAfter " +
			"decisions[].token.serializedToken" + itemError,
		"decisions.preauthorize": decision + itemError,
		"logout":                 "logouts logouts.* logouts.*.actionName logouts.*.actionType logouts.*.mvpd",
		"enhanced error":         "action status code",
		"register error":         "error",
		"token error":            "error",
	}
	for name, members := range allMembers() {
		if got, want := required(members), tests[name]; got != want {
			t.Errorf("%s requires\n%s, want\n%s", name, got, want)
		}
	}
}

func TestCombinationsSpeakOfDocumentedValues(t *testing.T) {
	for op := OpUnknown; op < NumOps; op++ {
		seen := map[string]bool{}
		for _, c := range op.Combinations() {
			if seen[c.ActionName] {
				t.Errorf("%v: %s stands twice", op, c.ActionName)
			}
			seen[c.ActionName] = true
			prefix := ""
			if c.Within != "" {
				prefix = c.Within + "."
			}
			find := func(name string) *Member {
				i := slices.IndexFunc(op.Members(), func(m Member) bool { return m.Path == prefix+name })
				if i < 0 {
					t.Fatalf("%v: %s is no member", op, prefix+name)
				}
				return &op.Members()[i]
			}
			if !find("actionName").Permits(c.ActionName) || c.ActionType != "" && !find("actionType").Permits(c.ActionType) {
				t.Errorf("%v: %s with %s is outside the lists", op, c.ActionName, c.ActionType)
			}
			for _, reason := range c.ReasonTypes {
				if !find("reasonType").Permits(reason) {
					t.Errorf("%v: reason %s is outside the list", op, reason)
				}
			}
			for _, name := range append(slices.Clone(c.Has), c.Lacks...) {
				if slices.Contains(c.Has, name) == slices.Contains(c.Lacks, name) || find(name).Required && slices.Contains(c.Lacks, name) {
					t.Errorf("%v: %s contradicts itself about %s", op, c.ActionName, name)
				}
			}
			if c.Ref == "" {
				t.Errorf("%v: %s has no reference", op, c.ActionName)
			}
			if _, ok := ParseAction(c.ActionName); !ok {
				t.Errorf("%v: %s is no action", op, c.ActionName)
			}
			if c.URL != "" && lookup("GET", c.URL) == OpUnknown && lookup("POST", c.URL) == OpUnknown {
				t.Errorf("%v: %s leads nowhere: %s", op, c.ActionName, c.URL)
			}
		}
		if n := len(op.Combinations()); n != 0 && n != len(actionsOf(op)) {
			t.Errorf("%v has %d combinations for %d actions", op, n, len(actionsOf(op)))
		}
	}
}

func actionsOf(op Op) []string {
	for _, m := range op.Members() {
		if strings.HasSuffix(m.Path, "actionName") {
			return m.Enum
		}
	}
	return nil
}

func TestMembersPermitValues(t *testing.T) {
	tests := []struct {
		m     Member
		value string
		want  bool
	}{
		{Member{}, "anything", true},
		{Member{Enum: []string{"a", "b"}}, "b", true},
		{Member{Enum: []string{"a", "b"}}, "B", false},
		{Member{Enum: []string{"bearer"}, FoldCase: true}, "Bearer", true},
		{Member{Enum: []string{"bearer"}, FoldCase: true}, "mac", false},
	}
	for _, tt := range tests {
		if got := tt.m.Permits(tt.value); got != tt.want {
			t.Errorf("%+v permits %q: %v", tt.m, tt.value, got)
		}
	}
	for typ := TypeAny; typ <= numMemberTypes; typ++ {
		if got := typ.String(); got == "" || (got == "unknown") != (typ == numMemberTypes) {
			t.Errorf("type %d is called %q", typ, got)
		}
	}
}

package backend

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

func TestDecisions(t *testing.T) {
	r := newRig(t, Config{}).signOn("app").signIn("Cox")
	r.do(watch("Cox", "News"))
	r.wantText("decisions.0.resource", "News", "decisions.0.serviceProvider", "REF30", "decisions.0.mvpd", "Cox",
		"decisions.0.authorized", "true", "decisions.0.source", "mvpd",
		"decisions.0.token.notBefore", millis(r.now), "decisions.0.token.notAfter", millis(r.now.Add(420*time.Second)))
	token := r.text("decisions.0.token.serializedToken")
	r.do(watch("Cox", "News"))
	if again := r.text("decisions.0.token.serializedToken"); len(again) < 200 || again == token {
		t.Error("a media token is short or comes twice (A-46)")
	}
	res := r.do(api.Request{Op: api.OpPreauthorize, MVPD: "Cox", Resources: []string{"News", "denied", "retry", "Kids"}})
	if res.Permitted != 2 || res.Denied != 2 || res.RetryItems != 1 || r.text("decisions.0.token") != "" {
		t.Errorf("permitted %d, denied %d, retry %d: %s", res.Permitted, res.Denied, res.RetryItems, r.body)
	}
}

func TestSourcesOfDecisions(t *testing.T) {
	for mvpd, want := range map[string]string{
		MVPDDummy: "dummy", MVPDAuthZAll: "degradation", MVPDAuthNAll: "degradation", MVPDTempPass: "temppass", MVPDNoLogout: "mvpd",
	} {
		r := newRig(t, Config{}).signOn("app")
		if mvpd == MVPDDummy || mvpd == MVPDAuthZAll || mvpd == MVPDNoLogout {
			r.signIn(mvpd)
		}
		if got := r.do(watch(mvpd, "News")).Permitted; got != 1 {
			t.Errorf("%s: permitted %d: %s", mvpd, got, r.body)
		}
		r.wantText("decisions.0.source", want)
	}
	r := newRig(t, Config{}).signOn("app").signIn(MVPDAuthZAll)
	if got := r.do(watch(MVPDAuthZAll, "denied")).Permitted; got != 1 {
		t.Errorf("AuthZAll denies: %s", r.body)
	}
}

func TestADenyRatioIsAPropertyOfTheResource(t *testing.T) {
	r := newRig(t, Config{DenyRatio: 0.25, MaxPreauthorize: 1000}).signOn("app").signIn("Cox")
	req := api.Request{Op: api.OpPreauthorize, MVPD: "Cox"}
	for i := range 1000 {
		req.Resources = append(req.Resources, "channel-"+millis(epoch.Add(time.Duration(i)*time.Second)))
	}
	denied := r.do(req).Denied
	if denied < 190 || denied > 310 {
		t.Errorf("%d of 1000 denied, want about 250", denied)
	}
	if again := r.do(req).Denied; again != denied {
		t.Errorf("%d denied, then %d", denied, again)
	}
}

func TestTemporaryAccess(t *testing.T) {
	r := newRig(t, Config{TempPassTTL: time.Hour}).signOn("app")
	r.do(api.Request{Op: api.OpSessionsCreate, MVPD: MVPDTempPass, DomainName: "d", RedirectURL: "https://tv.example.com/"})
	r.wantText("actionName", "authorize", "reasonType", "temporary")
	profile := api.Request{Op: api.OpProfilesMVPD, MVPD: MVPDTempPass}
	r.do(profile)
	at := "profiles." + MVPDTempPass
	r.wantText(at+".type", "temporary", at+".issuer", "Adobe", at+".notAfter", millis(epoch.Add(time.Hour)))
	r.now = epoch.Add(59 * time.Minute)
	r.do(profile)
	r.wantText(at+".notAfter", millis(epoch.Add(time.Hour)))
	r.now = epoch.Add(time.Hour)
	r.do(profile)
	r.wantError(403, "temporary_access_duration_limit_exceeded")

	promo := api.Request{Op: api.OpProfilesMVPD, MVPD: MVPDTempPassPromo, TempPassIdentity: base64Std("somebody")}
	if got := r.do(promo).Profiles; got != 1 {
		t.Errorf("promotional: %s", r.body)
	}
	if got := r.do(api.Request{Op: api.OpPreauthorize, MVPD: MVPDTempPassPromo, Resources: []string{"News"}}).Permitted; got != 1 {
		t.Errorf("preauthorize does not list the header: %s", r.body)
	}
}

func TestDegradedAuthentication(t *testing.T) {
	r := newRig(t, Config{}).signOn("app")
	r.do(api.Request{Op: api.OpSessionsCreate, MVPD: MVPDAuthNAll, DomainName: "d", RedirectURL: "https://tv.example.com/"})
	r.wantText("actionName", "authorize", "reasonType", "degraded")
	r.do(api.Request{Op: api.OpProfilesMVPD, MVPD: MVPDAuthNAll})
	r.wantText("profiles."+MVPDAuthNAll+".type", "degraded", "profiles."+MVPDAuthNAll+".issuer", "Adobe")
}

package mastodon_test

import (
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
)

const admin = "/api/guildhall/v1/admin"

func TestRules(t *testing.T) {
	t.Parallel()
	w := open(t)
	root, mod := w.staff("root", identity.RoleAdmin), w.staff("mod", identity.RoleModerator)
	kind := w.do("POST", admin+"/rules", root.token, `{"text": "Be kind", "hint": "Always", "translations": [{"language": "de", "text": "Sei nett", "hint": "Immer"}]}`).is(200)
	w.do("POST", admin+"/rules", root.token, form("text", "Be <b>short</b>", "translations[][language]", "fr", "translations[][text]", "Soyez bref")).is(200)
	w.do("GET", "/api/v1/instance/rules", "", nil).is(200).has(`[{"id": "` + kind.text("id") + `", "text": "Be kind", "hint": "Always",
		"translations": {"de": {"text": "Sei nett", "hint": "Immer"}}}, {"text": "Be <b>short</b>", "hint": "", "translations": {"fr": {"text": "Soyez bref"}}}]`)
	w.do("GET", "/api/v2/instance", "", nil).is(200).has(`{"rules": [{"text": "Be kind"}, {}]}`)
	path := admin + "/rules/" + kind.text("id")
	for _, method := range []string{"PATCH", "PUT"} {
		w.do(method, path, root.token, `{"text": "Be kinder", "position": 9, "translations": []}`).is(200)
	}
	w.do("GET", "/api/v1/instance", "", nil).is(200).has(`{"rules": [{}, {"text": "Be kinder", "hint": "Always", "translations": {}}]}`)
	w.do("DELETE", path, root.token, nil).is(200)
	w.do("GET", admin+"/rules", root.token, nil).is(200).has(`[{"text": "Be <b>short</b>"}]`)
	w.run([]test{
		{"gone", "DELETE", path, root.token, nil, 404, ""},
		{"gone", "PATCH", path, root.token, `{"text": "x"}`, 404, ""},
		{"blank", "POST", admin + "/rules", root.token, `{"text": " "}`, 422, `{"details": {"text": [{"error": "ERR_BLANK"}]}}`},
		{"long", "POST", admin + "/rules", root.token, form("text", strings.Repeat("x", 1001)), 422, ""},
		{"no language", "POST", admin + "/rules", root.token, `{"text": "x", "translations": [{"language": "?", "text": "x"}]}`, 422, ""},
		{"one language twice", "POST", admin + "/rules", root.token, `{"text": "x", "translations": [{"language": "de", "text": "x"}, {"language": "de", "text": "y"}]}`, 422, ""},
		{"a moderator", "POST", admin + "/rules", mod.token, `{"text": "x"}`, 403, ""},
		{"nobody", "GET", admin + "/rules", "", nil, 401, ""},
	})
}

func TestTermsOfService(t *testing.T) {
	t.Parallel()
	w := open(t)
	root, ann := w.staff("root", identity.RoleAdmin), w.person("ann")
	day := func(days int) string { return w.kit.Clock.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	const terms = "/api/v1/instance/terms_of_service"
	w.do("GET", terms, "", nil).is(404)
	w.do("POST", admin+"/terms_of_service", root.token, form("text", "First\n\nhttps://guild.test", "effective_date", day(0))).is(200)
	later := w.do("POST", admin+"/terms_of_service", root.token, form("text", "Second <script>alert(1)</script>", "effective_date", day(3))).is(200)
	last := w.do("POST", admin+"/terms_of_service", root.token, form("text", "Third", "effective_date", day(9))).is(200)
	w.run([]test{
		{"now", "GET", terms, "", nil, 200, `{"effective_date": "` + day(0) + `", "effective": true, "succeeded_by": "` + day(3) + `"}`},
		{"then", "GET", terms + "/" + day(3), "", nil, 200, `{"effective_date": "` + day(3) + `", "effective": false, "succeeded_by": "` + day(9) + `"}`},
		{"not then", "GET", terms + "/" + day(4), "", nil, 404, ""},
		{"no day", "GET", terms + "/x", "", nil, 404, ""},
		{"all", "GET", admin + "/terms_of_service", root.token, nil, 200, `[{"effective": true}, {"text": "Second <script>alert(1)</script>"}, {}]`},
		{"taken", "POST", admin + "/terms_of_service", root.token, form("text", "x", "effective_date", day(3)), 422, `{"details": {"effective_date": [{"error": "ERR_TAKEN"}]}}`},
		{"past", "POST", admin + "/terms_of_service", root.token, form("text", "x", "effective_date", day(-1)), 422, ""},
		{"no day", "POST", admin + "/terms_of_service", root.token, form("text", "x", "effective_date", "2026-13-41"), 422, ""},
		{"not to come any more", "DELETE", admin + "/terms_of_service/" + last.text("id"), root.token, nil, 200, ""},
		{"a member", "GET", admin + "/terms_of_service", w.token(ann, "admin:read"), nil, 403, ""},
	})
	w.do("GET", "/api/v2/instance", "", nil).is(200).has(`{"configuration": {"urls": {"terms_of_service": "` + base + `/terms-of-service"}}}`)
	harmless(t, w.do("GET", terms+"/"+day(3), "", nil).text("content"))
	w.kit.Clock.Advance(72 * time.Hour)
	w.do("GET", terms, "", nil).is(200).has(`{"effective_date": "` + later.text("effective_date") + `", "effective": true, "succeeded_by": null}`)
	w.do("DELETE", admin+"/terms_of_service/"+later.text("id"), root.token, nil).is(422)
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	w := open(t)
	root := w.staff("root", identity.RoleAdmin)
	w.do("PUT", admin+"/privacy_policy", root.token, form("text", "We keep <b>little</b>")).is(200)
	w.do("GET", "/api/v1/instance/privacy_policy", "", nil).is(200).has(`{"content": "<p>We keep &lt;b&gt;little&lt;/b&gt;</p>"}`)
	w.do("GET", "/api/v2/instance", "", nil).is(200).has(`{"configuration": {"urls": {"about": "` + base + `/about", "privacy_policy": "` + base + `/privacy-policy", "status": null}}}`)
	w.do("PATCH", admin+"/privacy_policy", root.token, form("text", "")).is(200)
	w.do("GET", "/api/v1/instance/privacy_policy", "", nil).is(404)
	w.do("GET", "/api/v2/instance", "", nil).is(200).has(`{"configuration": {"urls": {"privacy_policy": null}}}`)
	w.do("PATCH", admin+"/extended_description", root.token, form("text", "We\n\nbuild")).is(200)
	w.do("PUT", admin+"/extended_description", root.token, `{"text": "We\n\nbuild"}`).is(200)
	w.do("GET", "/api/v1/instance/extended_description", "", nil).is(200).has(`{"content": "<p>We</p>\n<p>build</p>"}`)
	w.do("PUT", admin+"/extended_description", root.token, form("text", strings.Repeat("x", 100_001))).is(422)
	w.do("PUT", admin+"/extended_description", "", form("text", "x")).is(401)
}

// No account sends its posts by mail.
func TestEmailSubscriptions(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	for _, id := range []string{ann.id.String(), "1"} {
		w.do("POST", "/api/v1/accounts/"+id+"/email_subscriptions", "", form("email", "reader@example.org")).same404()
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	w := open(t)
	all := string(w.do("GET", "/api/v1/instance/languages", "", nil).is(200).body)
	for _, want := range []string{`{"code":"de","name":"German"}`, `{"code":"en","name":"English"}`, `{"code":"zu","name":"Zulu"}`} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in %s", want, all)
		}
	}
	if n := strings.Count(all, "code"); n < 150 || n > 250 {
		t.Errorf("%d languages", n)
	}
}

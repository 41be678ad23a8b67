package mastodon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/testkit"
)

const membersPath = "/api/v1/admin/accounts"

func TestAdminAccounts(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod, ann, bob := w.staff("mod", identity.RoleModerator), w.person("ann"), w.person("bob_builder")
	w.do("PATCH", "/api/v1/accounts/update_credentials", bob.token, `{"display_name": "Robert Roe"}`).is(200)
	_, err := w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: "dora", Email: "dora@example.org", Password: password, Agreed: true, Reason: "please", Address: "192.0.2.7"})
	w.must(err)
	w.must(w.identity.Disable(w.kit.Ctx, ann.id, true))
	one := func(query, want string) {
		t.Helper()
		for _, path := range []string{"/api/v1/admin/accounts?", "/api/v2/admin/accounts?"} {
			if strings.HasPrefix(query, "v1:") == (path[6] != '1') && strings.Contains(query, ":") {
				continue
			}
			_, q, ok := strings.Cut(query, ":")
			if !ok {
				q = query
			}
			var names []string
			a := w.do("GET", path+q, mod.token, nil).is(200)
			for i := range 10 {
				if a.value("0") == nil || a.value(string(rune('0'+i))) == nil {
					break
				}
				names = append(names, a.text(string(rune('0'+i))+".username"))
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%s%s: %q, want %q", path, q, got, want)
			}
		}
	}
	one("", "dora bob_builder ann mod")
	one("limit=2", "dora bob_builder")
	one("limit=2&max_id="+bob.id.String(), "ann mod")
	one("limit=1&min_id="+mod.id.String(), "ann")
	one("username=bob", "bob_builder")
	one("username=builder", "")
	one("display_name=rob", "bob_builder")
	one("email=ANN@example.org", "ann")
	one("email=ann", "")
	one("ip=192.0.2.0/24", "dora")
	one("ip=192.0.2.7", "dora")
	one("ip=nonsense", "")
	one("by_domain=elsewhere.test", "")
	one("v1:disabled=true", "ann")
	one("v2:status=disabled", "ann")
	one("v1:remote=true", "")
	one("v2:origin=remote", "")
	one("v1:local=true&staff=true", "mod")
	one("v2:permissions=staff", "mod")
	one("v2:role_ids[]=1", "mod")
	one("v2:role_ids[]=-99", "dora bob_builder ann")
	one("v2:invited_by="+ann.id.String(), "")
	w.do("GET", "/api/v2/admin/accounts?status=odd", mod.token, nil).is(422)
	w.do("GET", "/api/v2/admin/accounts?origin=local", mod.token, nil).is(200).has(`[{"username": "dora", "email": "dora@example.org", "ip": "192.0.2.7",
		"ips": [{"ip": "192.0.2.7"}], "confirmed": false, "invite_request": "please", "role": {"id": "-99", "permissions": "0"}, "account": {"username": "dora"}}, {}, {}, {}]`)
	w.do("GET", membersPath+"/"+ann.id.String(), mod.token, nil).is(200).has(`{"id": "` + ann.id.String() + `", "disabled": true, "domain": null, "ip": null}`)
	w.do("GET", membersPath+"/1", mod.token, nil).same404()
	w.do("GET", "/api/v1/accounts/verify_credentials", mod.token, nil).is(200).has(`{"role": {"id": "1", "name": "moderator", "permissions": "1308", "highlighted": true}}`)
}

// What moderators do to accounts, and how it is taken back; each is in the log.
func TestAdminActions(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod, admin, ann := w.staff("mod", identity.RoleModerator), w.staff("admin", identity.RoleAdmin), w.person("ann")
	of := membersPath + "/" + ann.id.String()
	act := func(kind string, want string) {
		t.Helper()
		w.do("POST", of+"/action", mod.token, `{"type": "`+kind+`", "text": "stop it"}`).is(200).has(`{}`)
		w.do("GET", of, mod.token, nil).is(200).has(want)
	}
	id := w.says(ann, "hello")
	act("none", `{"silenced": false, "suspended": false}`)
	act("sensitive", `{"sensitized": true}`)
	w.do("GET", statusesPath+id, "", nil).is(200).has(`{"sensitive": true}`)
	w.do("POST", of+"/unsensitive", mod.token, nil).is(200).has(`{"sensitized": false}`)
	act("silence", `{"silenced": true, "account": {"limited": true}}`)
	w.do("GET", "/api/v2/admin/accounts?status=silenced", mod.token, nil).is(200).has(`[{"username": "ann"}]`)
	w.do("POST", of+"/unsilence", mod.token, nil).is(200).has(`{"silenced": false}`)
	act("disable", `{"disabled": true}`)
	w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(403)
	w.do("POST", of+"/enable", mod.token, nil).is(200).has(`{"disabled": false}`)
	w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(200)
	act("suspend", `{"suspended": true, "account": {"suspended": true}}`)
	w.do("GET", statusesPath+id, "", nil).same404()
	w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(403)
	w.do("POST", of+"/unsuspend", mod.token, nil).is(200).has(`{"suspended": false}`)
	w.do("GET", statusesPath+id, "", nil).is(200)
	w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(200)

	w.run([]test{
		{"no action", "POST", of + "/action", mod.token, `{"type": "hang"}`, 422, ""},
		{"nobody", "POST", membersPath + "/1/action", mod.token, `{"type": "none"}`, 404, ""},
		{"no report", "POST", of + "/action", mod.token, `{"type": "none", "report_id": "1"}`, 404, ""},
		{"oneself", "POST", membersPath + "/" + mod.id.String() + "/action", mod.token, `{"type": "silence"}`, 403, ""},
		{"a higher rank", "POST", membersPath + "/" + admin.id.String() + "/action", mod.token, `{"type": "silence"}`, 403, ""},
		{"a lower rank", "POST", membersPath + "/" + mod.id.String() + "/action", admin.token, `{"type": "none"}`, 200, ""},
		{"no moderator", "POST", of + "/action", ann.token, `{"type": "none"}`, 403, ""},
		{"erasing is for admins", "DELETE", of, mod.token, nil, 403, ""},
		{"erasing the living", "DELETE", of, admin.token, nil, 403, ""},
	})
	w.do("GET", "/api/guildhall/v1/admin/audit_log?limit=3", mod.token, nil).is(200).has(`[
		{"action": "none", "target": "mod", "account_id": "` + admin.id.String() + `", "ip": "127.0.0.1", "target_type": "account"},
		{"action": "unsuspend", "target": "ann", "account_id": "` + mod.id.String() + `"}, {"action": "suspend", "target_id": "` + ann.id.String() + `", "details": "stop it"}]`)
	w.do("GET", "/api/guildhall/v1/admin/audit_log", ann.token, nil).is(403)
}

func TestAdminMail(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod, ann := w.staff("mod", identity.RoleModerator), w.person("ann")
	w.do("POST", membersPath+"/"+ann.id.String()+"/action", mod.token, `{"type": "silence", "text": "too loud", "send_email_notification": true}`).is(200)
	testkit.Eventually(t, func() bool {
		files, err := filepath.Glob(filepath.Join(w.kit.Dir, "mails", "*"))
		w.must(err)
		for _, f := range files {
			if body, err := os.ReadFile(f); err == nil && strings.Contains(string(body), "too loud") && strings.Contains(string(body), "ann@example.org") {
				return true
			}
		}
		return false
	})
}

func TestAdminApproval(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod := w.staff("mod", identity.RoleModerator)
	bob, err := w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: "bob", Email: "bob@example.org", Password: password, Agreed: true})
	w.must(err)
	w.do("POST", membersPath+"/"+bob.ID.String()+"/reject", mod.token, nil).is(403)
	w.do("POST", membersPath+"/"+bob.ID.String()+"/approve", mod.token, nil).is(200).has(`{"approved": true}`)
	w.do("POST", membersPath+"/1/approve", mod.token, nil).same404()
	// Who comes from a network that is looked at waits, and is gone when rejected.
	w.do("POST", "/api/v1/admin/ip_blocks", w.staff("root", identity.RoleAdmin).token, `{"ip": "127.0.0.0/8", "severity": "sign_up_requires_approval"}`).is(200)
	w.do("POST", "/api/v1/accounts", w.app("read write").token,
		`{"username": "cleo", "email": "cleo@example.org", "password": "`+password+`", "agreement": true, "locale": "en", "reason": "to read"}`).is(200)
	cleo := w.do("GET", membersPath+"?pending=true", mod.token, nil).is(200).has(`[{"username": "cleo", "approved": false}]`).text("0.id")
	w.do("POST", membersPath+"/"+cleo+"/reject", mod.token, nil).is(200).has(`{"username": "cleo", "approved": false}`)
	w.do("GET", membersPath+"/"+cleo, mod.token, nil).same404()
}

// The data of a suspended account go for good, everywhere; the name stays taken.
func TestAdminErase(t *testing.T) {
	t.Parallel()
	w := open(t)
	admin, ann, bob := w.staff("admin", identity.RoleAdmin), w.person("ann"), w.person("bob")
	of := membersPath + "/" + ann.id.String()
	mine, hers := w.says(bob, "mine"), w.says(ann, "hers")
	w.do("POST", statusesPath+mine+"/favourite", ann.token, nil).is(200)
	w.do("POST", statusesPath+mine+"/reblog", ann.token, nil).is(200)
	w.do("POST", statusesPath+hers+"/reblog", bob.token, nil).is(200)
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/follow", bob.token, nil).is(200)
	w.do("POST", "/api/v1/accounts/"+bob.id.String()+"/follow", ann.token, nil).is(200)
	w.do("POST", of+"/action", admin.token, `{"type": "suspend"}`).is(200)
	w.do("DELETE", of, admin.token, nil).is(200).has(`{"username": "ann", "suspended": true}`)
	testkit.Eventually(t, func() bool { return w.do("GET", of, admin.token, nil).status == 404 })
	w.do("GET", "/api/v1/accounts/"+ann.id.String(), bob.token, nil).same404()
	w.do("GET", statusesPath+hers, bob.token, nil).same404()
	w.do("GET", statusesPath+mine, bob.token, nil).is(200).has(`{"favourites_count": 0, "reblogs_count": 0}`)
	w.do("GET", "/api/v1/accounts/verify_credentials", bob.token, nil).is(200).has(`{"followers_count": 0, "following_count": 0}`)
	w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(401)
	if _, err := w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: "Ann", Email: "other@example.org", Trusted: true}); err == nil {
		t.Error("the name can be had again")
	}
	w.do("DELETE", of, admin.token, nil).same404()
}

func TestAdminReports(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod, ann, bob := w.staff("mod", identity.RoleModerator), w.person("ann"), w.person("bob")
	id := w.says(ann, "rude", "visibility", "unlisted")
	report := w.do("POST", "/api/v1/reports", bob.token, form("account_id", ann.id.String(), "status_ids[]", id, "comment", "look", "category", "spam")).is(200).text("id")
	second := w.do("POST", "/api/v1/reports", bob.token, form("account_id", ann.id.String())).is(200).text("id")
	const list = "/api/v1/admin/reports"
	of := list + "/" + report
	w.run([]test{
		{"all open", "GET", list, mod.token, nil, 200, `[{"id": "` + second + `"}, {"id": "` + report + `", "comment": "look", "category": "spam", "action_taken": false,
			"account": {"username": "bob"}, "target_account": {"username": "ann"}, "assigned_account": null, "statuses": [{"id": "` + id + `", "content": "<p>rude</p>"}], "rules": []}]`},
		{"by target", "GET", list + "?target_account_id=" + ann.id.String() + "&limit=1", mod.token, nil, 200, `[{"id": "` + second + `"}]`},
		{"by reporter", "GET", list + "?account_id=" + ann.id.String(), mod.token, nil, 200, `[]`},
		{"by both", "GET", list + "?account_id=" + bob.id.String() + "&target_account_id=" + ann.id.String(), mod.token, nil, 200, `[{}, {}]`},
		{"resolved", "GET", list + "?resolved=true", mod.token, nil, 200, `[]`},
		{"one", "GET", of, mod.token, nil, 200, `{"id": "` + report + `"}`},
		{"none", "GET", list + "/1", mod.token, nil, 404, ""},
		{"classify", "PUT", of, mod.token, `{"category": "legal"}`, 200, `{"category": "legal"}`},
		{"classify by PATCH", "PATCH", of, mod.token, `{"category": "violation", "rule_ids": ["7"]}`, 200, `{"category": "violation", "rules": []}`},
		{"classify oddly", "PUT", of, mod.token, `{"category": "odd"}`, 422, ""},
		{"assign", "POST", of + "/assign_to_self", mod.token, nil, 200, `{"assigned_account": {"username": "mod"}}`},
		{"unassign", "POST", of + "/unassign", mod.token, nil, 200, `{"assigned_account": null}`},
		{"resolve", "POST", of + "/resolve", mod.token, nil, 200, `{"action_taken": true, "action_taken_by_account": {"username": "mod"}}`},
		{"resolved now", "GET", list + "?resolved=true", mod.token, nil, 200, `[{"id": "` + report + `"}]`},
		{"reopen", "POST", of + "/reopen", mod.token, nil, 200, `{"action_taken": false, "action_taken_at": null, "action_taken_by_account": null}`},
		{"no moderator", "GET", list, bob.token, nil, 403, ""},
		{"resolve none", "POST", list + "/1/resolve", mod.token, nil, 404, ""},
		{"act", "POST", membersPath + "/" + ann.id.String() + "/action", mod.token, `{"type": "suspend", "report_id": "` + report + `"}`, 200, `{}`},
		{"all dealt with", "GET", list, mod.token, nil, 200, `[]`},
		{"still to be read", "GET", of, mod.token, nil, 200, `{"action_taken": true, "statuses": [{"id": "` + id + `"}], "target_account": {"suspended": true}}`},
	})
}

// AZ-17, AZ-18: the administration is closed to everybody else, whatever scopes
// they have asked for.
func TestAZ17Outsiders(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, mod := w.person("ann"), w.staff("mod", identity.RoleModerator)
	everything := w.token(ann, allowed+" admin:read admin:write")
	plain := w.token(mod, allowed)
	keys := strings.Repeat("keys[]=new_users&", 20) + "start_at=0001-01-01&end_at=9999-12-31"
	for _, call := range []string{"GET /api/v1/admin/accounts", "GET /api/v2/admin/accounts", "GET /api/v1/admin/reports", "POST " + membersPath + "/" + mod.id.String() + "/action",
		"GET /api/guildhall/v1/admin/audit_log",
		"DELETE " + membersPath + "/" + mod.id.String()} {
		method, path, _ := strings.Cut(call, " ")
		body := any(nil)
		if method == "POST" {
			body = keys
		}
		for token, status := range map[string]int{"": 401, everything: 403, plain: 403} {
			if a := w.do(method, path, token, body); a.status != status || strings.Contains(string(a.body), "@example.org") {
				t.Errorf("%s: %d %s, want %d", a.call, a.status, a.body, status)
			}
		}
	}
}

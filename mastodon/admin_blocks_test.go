package mastodon_test

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/mastodon"
)

func TestAdminDomains(t *testing.T) {
	t.Parallel()
	w := open(t, func(_ *mastodon.Deps, c *mastodon.Config) { c.ShowDomainBlocks = true })
	admin, mod, ann := w.staff("admin", identity.RoleAdmin), w.staff("mod", identity.RoleModerator), w.person("ann")
	const allows, blocks = "/api/v1/admin/domain_allows", "/api/v1/admin/domain_blocks"
	allowed := w.do("POST", allows, admin.token, `{"domain": "Good.Test"}`).is(200).has(`{"domain": "good.test"}`).text("id")
	blocked := w.do("POST", blocks, admin.token, `{"domain": "bad.test", "private_comment": "why", "public_comment": "spam", "obfuscate": true}`).is(200).
		has(`{"domain": "bad.test", "severity": "silence", "reject_media": false, "private_comment": "why", "digest": "b4e22234a9113e1b657f48d075f41c572c3e4426eb7a199e602ee44e30a858aa"}`)
	id := blocked.text("id")
	w.run([]test{
		{"again", "POST", allows, admin.token, `{"domain": "good.test"}`, 200, `{"id": "` + allowed + `"}`},
		{"no domain", "POST", allows, admin.token, `{"domain": "no domain"}`, 422, ""},
		{"list", "GET", allows, admin.token, nil, 200, `[{"id": "` + allowed + `"}]`},
		{"one", "GET", allows + "/" + allowed, admin.token, nil, 200, `{"domain": "good.test"}`},
		{"for admins", "GET", allows, mod.token, nil, 403, ""},
		{"remove", "DELETE", allows + "/" + allowed, admin.token, nil, 200, `{}`},
		{"removed", "DELETE", allows + "/" + allowed, admin.token, nil, 404, ""},
		{"gone", "GET", allows + "/" + allowed, admin.token, nil, 404, ""},

		{"blocked twice", "POST", blocks, admin.token, `{"domain": "BAD.test"}`, 422, ""},
		{"odd severity", "POST", blocks, admin.token, `{"domain": "x.test", "severity": "odd"}`, 422, ""},
		{"change", "PUT", blocks + "/" + id, admin.token, `{"severity": "suspend", "domain": "other.test", "reject_media": true}`, 200,
			`{"domain": "bad.test", "severity": "suspend", "reject_media": true, "private_comment": "why"}`},
		{"change by PATCH", "PATCH", blocks + "/" + id, admin.token, `{"reject_reports": true}`, 200, `{"severity": "suspend", "reject_reports": true}`},
		{"change none", "PUT", blocks + "/1", admin.token, `{"severity": "suspend"}`, 404, ""},
		{"list", "GET", blocks, admin.token, nil, 200, `[{"id": "` + id + `"}]`},
		{"one", "GET", blocks + "/" + id, admin.token, nil, 200, `{"domain": "bad.test"}`},
		{"what members know", "GET", "/api/v1/instance/domain_blocks", ann.token, nil, 200, `[{"domain": "ba*.**st", "severity": "suspend", "comment": "spam"}]`},
		{"remove", "DELETE", blocks + "/" + id, admin.token, nil, 200, `{}`},
		{"gone", "GET", blocks, admin.token, nil, 200, `[]`},
		{"for admins", "POST", blocks, ann.token, `{"domain": "bad.test"}`, 403, ""},
	})
	w.do("GET", "/api/guildhall/v1/admin/audit_log?limit=2", admin.token, nil).is(200).has(`[{"action": "destroy", "target_type": "domain_block", "target": "bad.test"}, {"action": "update"}]`)
}

// signUp tries to make a member; what comes of it.
func (w *world) signUp(name, email, address string) (*identity.User, error) {
	return w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: name, Email: email, Password: password, Agreed: true, Address: address})
}

func TestAdminEmailBlocks(t *testing.T) {
	t.Parallel()
	w := open(t)
	admin, ann := w.staff("admin", identity.RoleAdmin), w.person("ann")
	const domains, boxes = "/api/v1/admin/email_domain_blocks", "/api/v1/admin/canonical_email_blocks"
	id := w.do("POST", domains, admin.token, `{"domain": "junk.test"}`).is(200).has(`{"domain": "junk.test", "history": [{"uses": "0"}, {}, {}, {}, {}, {}, {}]}`).text("id")
	w.do("POST", domains, admin.token, `{"domain": "doubtful.test", "allow_with_approval": true}`).is(200)
	box := w.do("POST", boxes, admin.token, `{"email": "T.Roll+1@example.com"}`).is(200).text("id")
	w.run([]test{
		{"twice", "POST", domains, admin.token, `{"domain": "junk.test"}`, 422, ""},
		{"no domain", "POST", domains, admin.token, `{"domain": ""}`, 422, ""},
		{"list", "GET", domains, admin.token, nil, 200, `[{"domain": "doubtful.test"}, {"id": "` + id + `"}]`},
		{"outsider", "GET", domains, ann.token, nil, 403, ""},
		{"boxes", "GET", boxes, admin.token, nil, 200, `[{"id": "` + box + `"}]`},
		{"box", "GET", boxes + "/" + box, admin.token, nil, 200, `{"id": "` + box + `"}`},
		{"met", "POST", boxes + "/test", admin.token, `{"email": "troll@EXAMPLE.com"}`, 200, `[{"id": "` + box + `"}]`},
		{"not met", "POST", boxes + "/test", admin.token, `{"email": "trolls@example.com"}`, 200, `[]`},
		{"no address", "POST", boxes + "/test", admin.token, `{"email": "x"}`, 422, ""},
		{"no hash", "POST", boxes, admin.token, `{"canonical_email_hash": "xyz"}`, 422, ""},
		{"outsider", "POST", boxes + "/test", ann.token, `{"email": "x@y.test"}`, 403, ""},
	})
	for _, email := range []string{"a@junk.test", "a@mx.junk.test", "tro.ll@example.com"} {
		if _, err := w.signUp("someone", email, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", email, err)
		}
	}
	w.do("GET", domains+"/"+id, admin.token, nil).is(200).has(`{"history": [{"uses": "2", "accounts": "2"}, {}, {}, {}, {}, {}, {}]}`)
	if u, err := w.signUp("maybe", "a@doubtful.test", ""); err != nil || u.Approved {
		t.Errorf("%+v, %v", u, err)
	}
	w.do("DELETE", domains+"/"+id, admin.token, nil).is(200)
	w.do("DELETE", boxes+"/"+box, admin.token, nil).is(200)
	w.do("DELETE", boxes+"/"+box, admin.token, nil).is(404)
	if u, err := w.signUp("someone", "a@junk.test", ""); err != nil || !u.Approved {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestAdminIPBlocks(t *testing.T) {
	t.Parallel()
	w := open(t)
	admin, ann := w.staff("admin", identity.RoleAdmin), w.person("ann")
	const path = "/api/v1/admin/ip_blocks"
	id := w.do("POST", path, admin.token, `{"ip": "198.51.100.9/24", "severity": "sign_up_block", "comment": "bots", "expires_in": 3600}`).is(200).
		has(`{"ip": "198.51.100.0/24", "severity": "sign_up_block", "comment": "bots"}`).text("id")
	w.do("POST", path, admin.token, `{"ip": "2001:db8::/32", "severity": "sign_up_requires_approval"}`).is(200).has(`{"expires_at": null}`)
	w.run([]test{
		{"twice", "POST", path, admin.token, `{"ip": "198.51.100.0/24", "severity": "no_access"}`, 422, ""},
		{"no network", "POST", path, admin.token, `{"ip": "nowhere", "severity": "no_access"}`, 422, ""},
		{"no severity", "POST", path, admin.token, `{"ip": "192.0.2.1"}`, 422, ""},
		{"odd time", "POST", path, admin.token, `{"ip": "192.0.2.1", "severity": "no_access", "expires_in": -1}`, 422, ""},
		{"list", "GET", path, admin.token, nil, 200, `[{"ip": "2001:db8::/32"}, {"id": "` + id + `"}]`},
		{"one", "GET", path + "/" + id, admin.token, nil, 200, `{"id": "` + id + `"}`},
		{"none", "GET", path + "/1", admin.token, nil, 404, ""},
		{"change", "PUT", path + "/" + id, admin.token, `{"comment": "many bots"}`, 200, `{"comment": "many bots", "severity": "sign_up_block"}`},
		{"change by PATCH", "PATCH", path + "/" + id, admin.token, `{"comment": "bots"}`, 200, `{"comment": "bots"}`},
		{"outsider", "POST", path, ann.token, `{"ip": "192.0.2.1", "severity": "no_access"}`, 403, ""},
	})
	if _, err := w.signUp("bot", "bot@example.org", "198.51.100.77"); !errs.Is(err, errs.Forbidden) {
		t.Error(err)
	}
	if u, err := w.signUp("six", "six@example.org", "2001:db8::1"); err != nil || u.Approved {
		t.Errorf("%+v, %v", u, err)
	}
	w.kit.Clock.Advance(2 * time.Hour)
	if u, err := w.signUp("bot", "bot@example.org", "198.51.100.77"); err != nil || !u.Approved {
		t.Errorf("the block has not ended: %v", err)
	}

	// Who is shut out is shut out of everything but what load balancers ask.
	w.do("POST", path, admin.token, `{"ip": "127.0.0.0/8", "severity": "no_access"}`).is(200)
	w.do("GET", "/api/v1/instance", "", nil).is(403).has(`{"error": "Your network is blocked"}`)
	w.do("GET", path, admin.token, nil).is(403)
	w.do("GET", "/health", "", nil).is(200)
	blocks, err := w.identity.IPBlocks(w.kit.Ctx, 0, page.Page{Limit: 1})
	w.must(err)
	w.must(w.identity.RemoveIPBlock(w.kit.Ctx, blocks[0].ID))
	w.do("DELETE", path+"/"+id, admin.token, nil).is(200).has(`{}`)
	w.do("DELETE", path+"/"+id, admin.token, nil).is(404)
}

package mastodon_test

import (
	"testing"

	"github.com/coder/websocket"

	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func (w *world) state(p *person, s profiles.State, on bool) {
	w.Helper()
	w.must(w.profiles.SetState(w.kit.Ctx, p.id, s, on))
	if s == profiles.Suspended {
		w.must(w.identity.Suspend(w.kit.Ctx, p.id, on))
	}
}

// What a suspended account has written exists for nobody, and comes back.
func TestSuspended(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, `{"display_name": "Ann", "note": "about", "fields_attributes": [{"name": "a", "value": "b"}]}`).is(200)
	id := w.says(ann, "hello #gophers")
	mine := w.says(bob, "mine")
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/follow", bob.token, nil).is(200)
	w.do("POST", statusesPath+mine+"/favourite", ann.token, nil).is(200)
	boost := w.do("POST", statusesPath+id+"/reblog", bob.token, nil).is(200).text("id")
	testkit.Eventually(t, func() bool { return w.do("GET", "/api/v1/notifications", bob.token, nil).is(200).text("length") == "1" })
	socket := w.dial("?stream=user&access_token=" + ann.token)

	w.state(ann, profiles.Suspended, true)
	socket.ends(websocket.StatusPolicyViolation)
	w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(403).has(`{"error": "Your account has been suspended"}`)
	for _, viewer := range []string{"", bob.token} {
		w.do("GET", statusesPath+id, viewer, nil).same404()
		w.do("GET", statusesPath+id+"/context", viewer, nil).same404()
		w.do("GET", statusesPath+boost, viewer, nil).same404()
		w.do("GET", "/api/v1/timelines/public", viewer, nil).is(200).has(`[{"id": "` + mine + `"}]`)
		w.do("GET", "/api/v1/timelines/tag/gophers", viewer, nil).is(200).has(`[]`)
		w.do("GET", "/api/v1/accounts/"+ann.id.String()+"/statuses", viewer, nil).is(200).has(`[]`)
		w.do("GET", "/api/v1/accounts/"+ann.id.String()+"/followers", viewer, nil).is(200).has(`[]`)
		w.do("GET", "/api/v1/accounts/"+bob.id.String()+"/following", viewer, nil).is(200).has(`[]`)
		w.do("GET", statusesPath+mine+"/favourited_by", viewer, nil).is(200).has(`[]`)
		w.do("GET", "/api/v1/accounts/"+ann.id.String(), viewer, nil).is(200).
			has(`{"suspended": true, "display_name": "", "note": "", "fields": [], "statuses_count": 0, "followers_count": 0}`)
	}
	w.do("GET", "/api/v1/timelines/home", bob.token, nil).is(200).has(`[{"id": "` + mine + `"}]`)
	w.do("GET", "/api/v1/notifications", bob.token, nil).is(200).has(`[]`)
	w.do("GET", "/api/v1/accounts/search?q=ann", bob.token, nil).is(200).has(`[]`)
	w.do("POST", statusesPath+id+"/favourite", bob.token, nil).same404()
	w.do("GET", "/.well-known/webfinger?resource=acct:ann@guild.test", "", nil).is(404)

	w.state(ann, profiles.Suspended, false)
	w.do("GET", statusesPath+id, bob.token, nil).is(200).has(`{"account": {"display_name": "Ann"}}`)
	if _, there := w.do("GET", "/api/v1/accounts/"+ann.id.String(), "", nil).is(200).value("suspended").(bool); there {
		t.Error("still suspended")
	}
	w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(200)
}

// A silenced account is seen by its followers and by who looks for it.
func TestSilenced(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	id := w.says(ann, "hello #gophers")
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/follow", bob.token, nil).is(200)
	w.state(ann, profiles.Silenced, true)
	stream := w.dial("?stream=public&access_token=" + cleo.token)
	follower := w.dial("?stream=public&access_token=" + bob.token)
	for _, viewer := range []string{"", cleo.token} {
		w.do("GET", "/api/v1/timelines/public", viewer, nil).is(200).has(`[]`)
		w.do("GET", "/api/v1/timelines/tag/gophers", viewer, nil).is(200).has(`[]`)
		w.do("GET", statusesPath+id, viewer, nil).is(200).has(`{"account": {"limited": true}}`)
		w.do("GET", "/api/v1/accounts/"+ann.id.String()+"/statuses", viewer, nil).is(200).has(`[{"id": "` + id + `"}]`)
	}
	for _, viewer := range []string{ann.token, bob.token} {
		w.do("GET", "/api/v1/timelines/public", viewer, nil).is(200).has(`[{"id": "` + id + `"}]`)
		w.do("GET", "/api/v1/timelines/tag/gophers", viewer, nil).is(200).has(`[{"id": "` + id + `"}]`)
	}
	w.do("GET", "/api/v1/accounts/search?q=ann", cleo.token, nil).is(200).has(`[]`)
	testkit.Eventually(t, func() bool {
		return w.do("GET", "/api/v2/search?q=hello&type=statuses", bob.token, nil).is(200).text("statuses.length") == "1"
	})
	w.do("GET", "/api/v2/search?q=hello&type=statuses", cleo.token, nil).is(200).has(`{"statuses": []}`)
	w.says(ann, "not for all")
	w.says(bob, "for all")
	follower.gets("public update ann not for all")
	stream.gets("public update bob for all")
	w.state(ann, profiles.Silenced, false)
	w.do("GET", "/api/v1/timelines/tag/gophers", "", nil).is(200).has(`[{"id": "` + id + `"}]`)
}

func TestSensitized(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	id := w.says(ann, "hello")
	w.do("GET", statusesPath+id, "", nil).is(200).has(`{"sensitive": false}`)
	w.state(ann, profiles.Sensitized, true)
	w.do("GET", statusesPath+id, "", nil).is(200).has(`{"sensitive": true}`)
	w.state(ann, profiles.Sensitized, false)
	w.do("GET", statusesPath+id, "", nil).is(200).has(`{"sensitive": false}`)
}

package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/web"
)

// An invitation is made, shown once, used, and ended.
func TestInvites(t *testing.T) {
	w := open(t, func(c *identity.Config, _ *web.Config) { c.Registrations = identity.ByInvite })
	w.keeper("adm", identity.RoleAdmin)
	a := w.signedIn("adm")
	s := a.get("/admin/invites").is(http.StatusOK).says("Nobody was invited yet")
	readable(t, "/admin/invites", s)
	s.submit("/admin/invites", "uses", "many").is(http.StatusUnprocessableEntity).says("ust be a number up to 10000")
	made := s.submit("/admin/invites", "uses", "1", "days", "7").is(http.StatusOK).says("Your invitation", "for 1 person, 0 came", "by adm")
	readable(t, "an invitation", made)
	var path string
	for n := range made.nodes("code") {
		path = strings.TrimPrefix(n.FirstChild.Data, w.base)
	}
	join := func(name string) *shown {
		w.kit.Clock.Advance(10 * time.Second) // not faster than a person
		return w.browser().get(path).is(http.StatusOK).submit("", "username", name, "email", name+"@example.org", "password", password, "agreement", "1")
	}
	join("dan").is(http.StatusSeeOther)
	join("eve").is(http.StatusUnprocessableEntity).says("not valid any more")
	if s := a.get("/admin/invites").says("for 1 person, 1 came", "over"); strings.Contains(s.body, path) || strings.Contains(s.body, "/end") {
		t.Error("the invitation is shown again, or can be ended again")
	}
	s.submit("/admin/invites", "uses", "", "days", "0").is(http.StatusOK).says("0 people came")
	end, _ := a.get("/admin/invites").form("/admin/invites/")
	a.get("/admin/invites").submit(end).is(http.StatusSeeOther)
	if s := a.get("/admin/invites"); strings.Contains(s.body, "/end") {
		t.Error("an invitation that was ended is good")
	}
	a.get("/admin/log").says("adm made an invitation", "adm ended an invitation")
	a.do("POST", "/admin/invites/1/end", a.staffToken()).is(http.StatusNotFound)
}

package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
)

// A member reports a post, the moderators are told and act, and who is warned
// reads why.
func TestReportOfAMember(t *testing.T) {
	w := open(t)
	w.keeper("mod", identity.RoleModerator)
	ann := w.member("ann")
	w.member("ben")
	post := w.post(ann, posts.Draft{Text: "Buy my course"})
	other := w.post(ann, posts.Draft{Text: "Good morning"})
	ben := w.signedIn("ben")

	form := ben.get("/@ann/report?post="+post.ID.String()).is(http.StatusOK).says("Report ann", "Buy my course")
	readable(t, "report", form)
	if strings.Contains(form.body, "Good morning") || other.ID == 0 {
		t.Error("a post that nobody reported is shown")
	}
	wrong := form.submit("/@ann/report", "category", "", "comment", "Nothing is chosen")
	wrong.is(http.StatusUnprocessableEntity).says("Choose what it is about", "Nothing is chosen", "Buy my course")
	wrong.submit("/@ann/report", "category", "nonsense").is(http.StatusUnprocessableEntity).says("Choose what it is about")
	wrong.submit("/@ann/report", "category", "spam", "comment", strings.Repeat("x", 1001)).is(http.StatusUnprocessableEntity).says("That is longer than 1,000 characters")
	wrong.submit("/@ann/report", "category", "spam", "comment", "Nothing is chosen").follow().is(http.StatusOK).says("Thank you.", "Mute", "Block")

	mod := w.signedIn("mod")
	report := ""
	testkit.Eventually(t, func() bool {
		_, after, found := strings.Cut(mod.get("/notifications").body, `href="/admin/reports/`)
		report, _, _ = strings.Cut(after, `"`)
		return found
	})
	mod.get("/admin/reports/"+report).is(http.StatusOK).says("Nothing is chosen", "Buy my course")
	v := mod.staffToken()
	v.Set("type", "sensitive")
	v.Set("text", "No selling <b>here</b>, please")
	mod.do("POST", "/admin/reports/"+report+"/act", v).is(http.StatusSeeOther)
	annsees := w.signedIn("ann")
	testkit.Eventually(t, func() bool { return strings.Contains(annsees.get("/notifications").body, "a warning") })
	annsees.get("/notifications").says("The moderators have sent you a warning", "No selling <b>here</b>, please", "Mark media as sensitive")

	// There is nothing to report of oneself, of nobody and for visitors.
	ben.get("/@ben/report").is(http.StatusNotFound)
	ben.get("/@nobody/report").is(http.StatusNotFound)
	w.browser().get("/@ann/report").is(http.StatusSeeOther)
	w.browser().do("POST", "/@ann/report", url.Values{"category": {"spam"}}).is(http.StatusSeeOther)
}

// What is talked about stands beside the pages of members, who find the
// timelines as tabs.
func TestBeside(t *testing.T) {
	w := open(t)
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		w.post(w.member(name), posts.Draft{Text: "On #queues and their ends"})
	}
	w.browser().get("/").is(http.StatusOK).says("Connect an app")
	home := w.signedIn("a").get("/").is(http.StatusOK)
	home.says("Community", "Lists")
	if strings.Contains(home.body, "Connect an app") {
		t.Error("a member is told how to connect an app on every page")
	}
}

package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"golang.org/x/net/html"
)

// formState is what a form's fields hold as its page shows them, which is what a
// browser would send again: boxes that are not ticked are left out.
func (s *shown) formState(action string) url.Values {
	s.Helper()
	for form := range s.nodes("form") {
		if attr(form, "action") != action {
			continue
		}
		state := url.Values{}
		for n := range form.Descendants() {
			name := attr(n, "name")
			if n.Type != html.ElementNode || name == "" {
				continue
			}
			switch kind := attr(n, "type"); {
			case n.Data == "textarea":
				state.Add(name, strings.TrimPrefix(innerText(n), "\n"))
			case n.Data == "select":
				state.Add(name, chosen(n))
			case n.Data == "input" && (kind == "checkbox" || kind == "radio") && !has(n, "checked"):
			case n.Data == "button" && attr(n, "aria-pressed") != "true":
			case (n.Data == "input" || n.Data == "button") && kind != "file":
				state.Add(name, attr(n, "value"))
			}
		}
		return state
	}
	s.Fatalf("%s has no form for %s:\n%s", s.call, action, s.words())
	return nil
}

// chosen is the value of a menu: the option that is selected, else its first.
func chosen(menu *html.Node) string {
	first, found := "", false
	for o := range menu.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		if has(o, "selected") {
			return attr(o, "value")
		}
		if !found {
			first, found = attr(o, "value"), true
		}
	}
	return first
}

func innerText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// roundTrip is a form of the settings: where it stands, where it is sent, and
// what is changed in it. All other fields are sent back as they were.
type roundTrip struct {
	page, action string
	changed      url.Values
	ticked, not  []string // boxes
	files        bool     // the form takes files
}

// roundTrips are all forms of the settings, and those of the administration that
// keep something. What is done once, as a new password, a session's end or an
// import, has tests by itself.
func roundTrips(w *world, ann ids.ID) []roundTrip {
	w.Helper()
	title, word, at := "Films", "spoilers", posts.FilterHome
	filter, err := w.posts.CreateFilter(w.kit.Ctx, ann, posts.FilterDraft{Title: &title, Contexts: &at, Keywords: []posts.KeywordDraft{{Keyword: &word}}})
	w.must(err)
	films := "/settings/filters/" + filter.ID.String()
	rule, err := w.instance.AddRule(w.kit.Ctx, ann, instance.RuleDraft{Text: ref("Be kind"), Hint: ref("Always")})
	w.must(err)
	news, err := w.instance.Announce(w.kit.Ctx, ann, instance.AnnouncementDraft{Text: ref("Party"), Published: ref(true)})
	w.must(err)
	ben := "/admin/accounts/" + w.member("ben").String()
	const notices = "/settings/notifications"
	return []roundTrip{
		{page: "/settings/profile", action: "/settings/profile", files: true, ticked: []string{"bot"},
			changed: url.Values{"display_name": {"Ann <b>Author</b>"}, "note": {"First line\nsecond & last"}, "avatar_description": {`A "face"`}, "header_description": {"Hills"},
				"field_name": {"Site", "Pronouns", "Stack", "Town"}, "field_value": {"https://ann.example", "she/her", "Go & SQL", "Leeds"}}},
		{page: "/settings/privacy", action: "/settings/privacy", ticked: []string{"locked", "indexable", "hide_collections", "sensitive"}, not: []string{"discoverable", "show_application"},
			changed: url.Values{"privacy": {"private"}, "quote_policy": {"nobody"}, "language": {"de"}}},
		{page: notices, action: notices, changed: url.Values{"for_not_following": {"filter"}, "for_not_followers": {"drop"},
			"for_new_accounts": {"filter"}, "for_private_mentions": {"drop"}, "for_limited_accounts": {"accept"}}},
		{page: notices, action: notices + "/device/alerts", ticked: []string{"alert_edits"}, not: []string{"alert_favourites", "alert_mentions"},
			changed: url.Values{"policy": {"followed"}}},
		{page: films, action: films, ticked: []string{"in_notifications", "in_thread", "in_account"}, not: []string{"in_home", "whole0"},
			changed: url.Values{"title": {"Films & series"}, "keyword": {"season finale", "endings"}, "action": {"1"}}},
		{page: "/settings/appearance", action: "/prefer", changed: url.Values{"theme": {"dark"}}},
		{page: "/settings/appearance", action: "/prefer", changed: url.Values{"language": {"es"}}},
		{page: "/admin/rules?edit=" + rule.ID.String(), action: "/admin/rules", changed: url.Values{"text": {"Be fair & kind"}, "hint": {"To all"}, "position": {"7"}}},
		{page: "/admin/announcements?edit=" + news.ID.String(), action: "/admin/announcements", ticked: []string{"all_day"}, not: []string{"publish"},
			changed: url.Values{"text": {"Party at <eight>"}, "starts_at": {"2031-05-01T20:00"}, "ends_at": {"2031-05-02T02:00"}}},
		{page: "/admin/terms", action: "/admin/terms/description", changed: url.Values{"description": {"Engineers\n\nof the <north>"}}},
		{page: "/admin/terms", action: "/admin/terms/privacy", changed: url.Values{"privacy": {"We keep little."}}},
		{page: ben, action: ben + "/role", changed: url.Values{"role": {"moderator"}}},
	}
}

// What is changed in any form is there after a reload, and so is what was not.
func TestEverySettingRoundTrips(t *testing.T) {
	w := open(t)
	ann := w.keeper("ann", identity.RoleOwner)
	a := w.signedIn("ann")
	push := testkit.NewPushReceiver(t, w.kit.Clock.Now)
	a.get("/settings/notifications").submit("/settings/notifications/device", "endpoint", push.URL+"/push", "p256dh", push.P256dh, "auth", push.Auth).is(http.StatusSeeOther)
	for _, r := range roundTrips(w, ann) {
		page := a.get(r.page).is(http.StatusOK)
		want := page.formState(r.action)
		for name, values := range r.changed {
			if len(values) > 0 && slices.Equal(want[name], values) {
				t.Errorf("%s: %s is %q from the start", r.page, name, values)
			}
			for i, v := range values { // lines beyond stay as they are
				if i < len(want[name]) {
					want[name][i] = v
				} else {
					want.Add(name, v)
				}
			}
		}
		for _, name := range r.ticked {
			want.Set(name, "1")
		}
		for _, name := range r.not {
			want.Del(name)
		}
		if r.files {
			page.send(r.action, want, nil).is(http.StatusSeeOther)
		} else {
			a.do("POST", r.action, want).is(http.StatusSeeOther)
		}
		testkit.Eventually(t, func() bool { return len(r.lost(a.get(r.page).is(http.StatusOK).formState(r.action), want)) == 0 })
	}
}

// lost are the fields that are not on the page as they were sent.
func (r roundTrip) lost(got, want url.Values) (names []string) {
	filled := func(v []string) []string {
		return slices.DeleteFunc(slices.Clone(v), func(s string) bool { return s == "" })
	}
	for name := range want {
		if name != "token" && name != "keyword_id" && !slices.Equal(filled(got[name]), filled(want[name])) {
			names = append(names, name)
		}
	}
	for _, name := range r.not {
		if got.Has(name) {
			names = append(names, name)
		}
	}
	return names
}

package mastodon_test

import (
	"fmt"
	"strings"
	"testing"
)

const conversationsPath = "/api/v1/conversations"

// talks returns what a list of conversations says: with whom, the last words,
// and a star for what is unread.
func (w *world) talks(p *person, query string) string {
	w.Helper()
	a := w.do("GET", conversationsPath+query, p.token, nil).is(200)
	var all []string
	for i := range mustInt(w.T, a.text("length")) {
		at := fmt.Sprint(i)
		var names []string
		for k := range mustInt(w.T, a.text(at+".accounts.length")) {
			names = append(names, a.text(fmt.Sprint(at, ".accounts.", k, ".username")))
		}
		words := a.text(at + ".last_status.content")
		words = words[strings.LastIndex(words, " ")+1:]
		talk := strings.Join(names, "+") + ":" + strings.TrimSuffix(words, "</p>")
		if a.value(at+".unread") == true {
			talk += "*"
		}
		all = append(all, talk)
	}
	return strings.Join(all, " ")
}

// LK-05 too: a direct post is in the conversations of those who take part, and
// of nobody else.
func TestConversationList(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	w.follows(cleo, ann)
	w.follows(cleo, bob)
	is := func(p *person, want string) {
		t.Helper()
		if got := w.talks(p, ""); got != want {
			t.Errorf("%s has %q, want %q", p.name, got, want)
		}
	}
	root := w.says(ann, "for all")
	direct := func(p *person, text, to string) string {
		t.Helper()
		return w.says(p, text, "visibility", "direct", "in_reply_to_id", to)
	}
	first := direct(bob, "@ann one", root)
	is(ann, "bob:one*")
	is(bob, "ann:one")
	is(cleo, "")
	// The same thread with another is another conversation.
	other := direct(cleo, "@ann two", root)
	is(ann, "cleo:two* bob:one*")
	last := direct(ann, "@bob three", first)
	is(ann, "bob:three cleo:two*")
	is(bob, "ann:three*")
	direct(ann, "@bob @cleo four", first)
	is(bob, "ann+cleo:four* ann:three*")
	direct(ann, "@ann five", "")
	is(ann, "ann:five bob+cleo:four bob:three cleo:two*")

	a := w.do("GET", conversationsPath+"?limit=2", ann.token, nil).is(200)
	a = w.do("GET", link(a, "next"), ann.token, nil).is(200).has(`[{"last_status": {"id": "` + last + `"}}, {"last_status": {"id": "` + other + `"}}]`)
	w.do("GET", link(a, "prev"), ann.token, nil).is(200).has(`[{"accounts": [{"username": "ann"}]}, {"accounts": [{}, {}]}]`)

	id := a.text("1.id")
	s := w.dial("?stream=direct&access_token=" + ann.token)
	w.do("POST", conversationsPath+"/"+id+"/read", ann.token, nil).is(200).has(`{"id": "` + id + `", "unread": false, "accounts": [{"username": "cleo"}]}`)
	if f := s.next(); f.Event != "conversation" || !strings.Contains(f.Payload, `"id":"`+id+`","unread":false`) {
		t.Errorf("%s %s", f, f.Payload)
	}
	w.do("POST", conversationsPath+"/"+id+"/unread", ann.token, nil).is(200).has(`{"unread": true}`)
	for _, call := range []string{"POST /read", "POST /unread", "DELETE "} { // another's does not exist
		method, rest, _ := strings.Cut(call, " ")
		w.do(method, conversationsPath+"/"+id+rest, bob.token, nil).same404()
		w.do(method, conversationsPath+"/1"+rest, bob.token, nil).same404()
		w.do(method, conversationsPath+"/"+id+rest, "", nil).is(401)
	}

	// Posts that are deleted leave, and a conversation without posts is gone.
	w.do("DELETE", statusesPath+last, ann.token, nil).is(200)
	is(bob, "ann+cleo:four* ann:one*")
	w.do("DELETE", statusesPath+first, bob.token, nil).is(200)
	is(bob, "ann+cleo:four*")
	is(ann, "ann:five bob+cleo:four cleo:two*")
	w.do("DELETE", conversationsPath+"/"+id, ann.token, nil).is(200).has(`{}`)
	w.do("DELETE", conversationsPath+"/"+id, ann.token, nil).same404()
	is(ann, "ann:five bob+cleo:four")
	is(cleo, "ann+bob:four* ann:two")
	if got := w.do("GET", "/api/v1/timelines/direct", ann.token, nil).is(200).text("length"); got != "3" {
		t.Errorf("%s direct posts, want 3", got)
	}
	w.do("GET", "/api/v1/timelines/direct", "", nil).is(401)
	direct(cleo, "@ann six", other)
	is(ann, "cleo:six* ann:five bob+cleo:four")

	// The same people as in another conversation of the thread: it is that one now.
	w.do("PUT", statusesPath+other, cleo.token, form("status", "@ann @bob seven")).is(200)
	is(bob, "ann+cleo:four*")
	w.do("POST", "/api/v1/accounts/"+cleo.id.String()+"/mute", bob.token, nil).is(200)
	direct(cleo, "@bob eight", "")
	is(bob, "ann+cleo:four*")
	w.do("POST", "/api/v1/accounts/"+cleo.id.String()+"/block", bob.token, nil).is(200)
	is(bob, "")
}

// Who listens hears when the newest post of a conversation is edited, and when
// it is deleted; the list shows it at once.
func TestConversationEvents(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	s := w.dial("?stream=direct&access_token=" + ann.token)
	hears := func(words string) {
		t.Helper()
		if f := s.next(); f.Event != "conversation" || !strings.Contains(f.Payload, "</span> "+words+"</p>") {
			t.Errorf("%s %s", f, f.Payload)
		}
	}
	one := w.says(bob, "@ann one", "visibility", "direct")
	hears("one")
	two := w.says(bob, "@ann two", "visibility", "direct", "in_reply_to_id", one)
	hears("two")
	w.do("PUT", statusesPath+two, bob.token, form("status", "@ann three")).is(200)
	hears("three")
	w.do("PUT", statusesPath+one, bob.token, form("status", "@ann first")).is(200) // which is not the newest
	w.do("DELETE", statusesPath+two, bob.token, nil).is(200)
	if got := w.talks(ann, ""); got != "bob:first*" {
		t.Errorf("right after, the list says %q", got)
	}
	hears("first")
	w.do("DELETE", statusesPath+one, bob.token, nil).is(200)
	if got := w.talks(ann, ""); got != "" {
		t.Errorf("right after, the list says %q", got)
	}
}

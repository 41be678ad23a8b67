package notifications

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/fetch"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// subscriptionTo is one to a receiver, for all types.
func subscriptionTo(t *testing.T, r *testkit.PushReceiver) Subscription {
	t.Helper()
	public, err := webpush.DecodeKey(r.P256dh)
	if err != nil {
		t.Fatal(err)
	}
	auth, err := base64.RawURLEncoding.DecodeString(r.Auth)
	if err != nil {
		t.Fatal(err)
	}
	return Subscription{Receiver: webpush.Receiver{Endpoint: r.URL + "/push", Public: public, Auth: auth}, Standard: true, Alerts: Types()}
}

// grant makes a token that is good.
func (w *town) grant(account ids.ID) Holder {
	h := Holder{AccountID: account, TokenID: w.kit.IDs.New(account), Token: "secret of " + w.names[account]}
	w.identity.mu.Lock()
	defer w.identity.mu.Unlock()
	w.identity.tokens[h.TokenID] = &identity.Caller{TokenID: h.TokenID, UserID: account, Scopes: identity.Scopes{"push"}}
	return h
}

// queued returns how many messages wait to be pushed.
func (w *town) queued() int {
	w.Helper()
	n, err := db.Value[int](w.kit.Ctx, w.dbs[2], "SELECT COUNT(*) FROM notifications_pushes WHERE subscription_id > 0")
	w.must(err)
	return n
}

// pushDue pushes once all that is due.
func (w *town) pushDue() {
	w.Helper()
	for {
		taken, err := w.takePushes(w.kit.Ctx, 8)
		w.must(err)
		if len(taken) == 0 {
			return
		}
		for _, d := range taken {
			w.must(w.push(w.kit.Ctx, d))
		}
	}
}

// pushedTo returns what a receiver has taken, as "type title".
func pushedTo(r *testkit.PushReceiver) string {
	var words []string
	for _, p := range r.Taken() {
		var m pushPayload
		if err := json.Unmarshal(p.Body, &m); err != nil {
			return err.Error()
		}
		words = append(words, fmt.Sprintf("%s %s", m.NotificationType, m.Title))
	}
	return strings.Join(words, ", ")
}

func answers(status int, header ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
	}
}

// Each notification is pushed once, to those subscriptions that want its type,
// whatever the events do; and nothing that its reader is not shown.
func TestPush(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd", "dan")
		ann, bob, cyd, dan := p[0], p[1], p[2], p[3]
		r := testkit.NewPushReceiver(t, k.Clock.Now)
		first := subscriptionTo(t, r)
		first.Alerts = []Type{Mention, Favourite}
		made, err := w.SubscribePush(k.Ctx, w.grant(ann), first)
		w.must(err)
		if made.Policy != PushAll {
			t.Errorf("%+v", made)
		}
		id := w.post(ann, "hello", posts.Public)
		w.follow(bob, ann, profiles.FollowOptions{})
		_, err = w.posts.Favourite(k.Ctx, bob, id)
		w.must(err)
		events := w.deliver()
		w.deliver(events...)
		w.pushDue()
		if got := pushedTo(r); got != "favourite bob likes your post" {
			t.Error(got)
		}
		w.setPolicy(ann, PolicyUpdate{NotFollowers: ref(Aside)})
		_, err = w.profiles.Block(k.Ctx, ann, dan)
		w.must(err)
		w.post(cyd, "@ann put aside", posts.Public)
		w.post(bob, "@ann "+strings.Repeat("long ", 60), posts.Direct)
		gone := w.post(bob, "@ann never mind", posts.Public)
		w.deliver()
		_, err = w.posts.Delete(k.Ctx, bob, gone)
		w.must(err)
		w.deliver()
		w.pushDue()
		if got := pushedTo(r); got != "favourite bob likes your post, mention bob mentioned you" {
			t.Error(got)
		}
		var m pushPayload
		last := r.Taken()[1]
		w.must(json.Unmarshal(last.Body, &m))
		list, err := w.List(k.Ctx, ann, Filter{Types: []Type{Mention}}, pageOf(1))
		w.must(err)
		want := pushPayload{AccessToken: "secret of ann", PreferredLocale: "en", NotificationID: int64(list[0].ID), NotificationType: Mention,
			Icon: "https://example.org/bob.png", Title: "bob mentioned you", Body: ("@ann " + strings.Repeat("long ", 60))[:bodyMax-1] + "…"}
		if m != want || last.Header.Get("Urgency") != "high" || last.Header.Get("TTL") != "172800" {
			t.Errorf("%+v, %v", m, last.Header)
		}
		vapid, err := w.VAPID(k.Ctx)
		w.must(err)
		if last.ServerKey != vapid.Public() {
			t.Error(last.ServerKey)
		}
		if n := w.queued(); n != 0 {
			t.Errorf("%d are left", n)
		}
	})
}

// A browser is pushed to as well, while its session lasts: without anything by
// which somebody could act for its reader, but with where to go.
func TestPushToSessions(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		ann, bob := p[0], p[1]
		signIn := func() Holder {
			h := Holder{AccountID: ann, SessionID: k.IDs.New(ann)}
			w.identity.sessions[h.SessionID] = ann
			return h
		}
		w.identity.users[ann].Confirmed, w.identity.users[ann].Approved = true, true
		r := testkit.NewPushReceiver(t, k.Clock.Now)
		here, there := signIn(), signIn()
		for _, who := range []Holder{here, there} {
			sub := subscriptionTo(t, r)
			sub.Locale = "de"
			_, err := w.SubscribePush(k.Ctx, who, sub)
			w.must(err)
		}
		if _, err := w.PushSubscription(k.Ctx, Holder{AccountID: ann, TokenID: here.SessionID}); !errs.Is(err, errs.NotFound) {
			t.Errorf("a token of the same number has it: %v", err)
		}
		id := w.post(ann, "hello", posts.Public)
		_, err := w.posts.Favourite(k.Ctx, bob, id)
		w.must(err)
		w.deliver()
		w.deliver(w.event("identity", identity.SignedOut{UserID: ann, SessionID: there.SessionID}))
		w.pushDue()
		list, err := w.List(k.Ctx, ann, Filter{}, pageOf(1))
		w.must(err)
		want := fmt.Sprintf(`{"url":"/@ann/%d","tag":"%d","preferred_locale":"de","notification_id":%d,"notification_type":"favourite",`+
			`"icon":"https://example.org/bob.png","title":"bob likes your post","body":"hello"}`, id, list[0].ID, list[0].ID)
		if taken := r.Taken(); len(taken) != 1 || string(taken[0].Body) != want {
			t.Errorf("%d messages, %s", len(taken), taken[0].Body)
		}
		w.must(w.TryPush(k.Ctx, here, "Guild", "a test"))
		if err := w.TryPush(k.Ctx, there, "Guild", "a test"); !errs.Is(err, errs.NotFound) {
			t.Errorf("to who has signed out: %v", err)
		}
		r.Answer(answers(500), answers(410))
		if err := w.TryPush(k.Ctx, here, "", ""); !errs.Is(err, errs.Unavailable) {
			t.Errorf("not taken: %v", err)
		}
		if err := w.TryPush(k.Ctx, here, "", ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("gone: %v", err)
		}
		// A session that has expired is found out when something is pushed.
		_, err = w.SubscribePush(k.Ctx, here, subscriptionTo(t, r))
		w.must(err)
		delete(w.identity.sessions, here.SessionID)
		w.post(bob, "@ann", posts.Public)
		w.deliver()
		w.pushDue()
		if _, err := w.PushSubscription(k.Ctx, here); !errs.Is(err, errs.NotFound) || r.Hits() != 4 {
			t.Errorf("%d messages, %v", r.Hits(), err)
		}
		// A new password ends all that there are, and so does erasure.
		for _, end := range []func(){
			func() {
				k.Clock.Advance(time.Second)
				w.deliver(w.event("identity", identity.Revoked{UserID: ann}))
			},
			func() { w.deliver(w.event("profiles", profiles.Erased{AccountID: ann})) },
		} {
			who := signIn()
			_, err = w.SubscribePush(k.Ctx, who, subscriptionTo(t, r))
			w.must(err)
			end()
			if _, err := w.PushSubscription(k.Ctx, who); !errs.Is(err, errs.NotFound) {
				t.Error(err)
			}
		}
	})
}

func TestPushPolicies(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "fan", "idol")
		ann, fan, idol := p[0], p[1], p[2]
		w.follow(fan, ann, profiles.FollowOptions{})
		w.follow(ann, idol, profiles.FollowOptions{})
		w.deliver()
		who := w.grant(ann)
		for policy, want := range map[PushPolicy]string{
			PushAll:       "mention fan mentioned you, mention idol mentioned you",
			PushFollowed:  "mention idol mentioned you",
			PushFollowers: "mention fan mentioned you",
			PushNone:      "",
		} {
			r := testkit.NewPushReceiver(t, k.Clock.Now)
			sub := subscriptionTo(t, r)
			sub.Policy = policy
			sub.Standard = policy == PushAll // the others the old way
			_, err := w.SubscribePush(k.Ctx, who, sub)
			w.must(err)
			for _, from := range []ids.ID{fan, idol} {
				w.post(from, "@ann", posts.Public)
				w.deliver()
				w.pushDue()
			}
			if got := pushedTo(r); got != want {
				t.Errorf("%s: %q, want %q", policy, got, want)
			}
		}
	})
}

// What a push service does not take comes again later and later, but never
// before it asked for; who is gone, or does not work for days, is left alone.
func TestPushAgain(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		ann, bob := p[0], p[1]
		r := testkit.NewPushReceiver(t, k.Clock.Now)
		who := w.grant(ann)
		_, err := w.SubscribePush(k.Ctx, who, subscriptionTo(t, r))
		w.must(err)
		say := func() {
			t.Helper()
			w.post(bob, "@ann", posts.Public)
			w.deliver()
			w.pushDue()
		}
		after := func(d time.Duration, hits int) {
			t.Helper()
			k.Clock.Advance(d)
			w.pushDue()
			if n := r.Hits(); n != hits {
				t.Errorf("after %v: %d attempts, want %d", d, n, hits)
			}
		}
		r.Answer(answers(500), answers(503), answers(429, "Retry-After", "3600"))
		say()
		after(pushFirst-time.Second, 1)
		after(time.Second, 2)
		after(2*pushFirst-time.Second, 2)
		after(time.Second, 3)
		after(59*time.Minute, 3)
		after(time.Minute, 4)
		if got := pushedTo(r); got != "mention bob mentioned you" || w.queued() != 0 {
			t.Errorf("%q, %d queued", got, w.queued())
		}
		r.Answer(answers(413), answers(400))
		say()
		say() // refused for good, both
		if w.queued() != 0 {
			t.Errorf("%d queued", w.queued())
		}
		r.Answer(answers(500))
		say()
		k.Clock.Advance(pushFor + time.Hour)
		w.pushDue() // it is no news any more
		if r.Hits() != 7 || w.queued() != 0 {
			t.Errorf("%d attempts, %d queued", r.Hits(), w.queued())
		}
		k.Clock.Advance(pushGiveUp)
		r.Answer(answers(500))
		say()
		if _, err := w.PushSubscription(k.Ctx, who); !errs.Is(err, errs.NotFound) {
			t.Errorf("a subscription that has not worked for days: %v", err)
		}
		for _, status := range []int{404, 410} {
			_, err := w.SubscribePush(k.Ctx, who, subscriptionTo(t, r))
			w.must(err)
			r.Answer(answers(status))
			say()
			if _, err := w.PushSubscription(k.Ctx, who); !errs.Is(err, errs.NotFound) {
				t.Errorf("%d: %v", status, err)
			}
		}
		k.Clock.Advance(pushMost)
		w.pushDue()
		if w.queued() != 0 {
			t.Errorf("%d queued", w.queued())
		}
	})
}

// OA-13, OA-15: with the token its subscription ends.
func TestPushEndsWithTheToken(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		ann, bob := p[0], p[1]
		r := testkit.NewPushReceiver(t, k.Clock.Now)
		one, two, three := w.grant(ann), w.grant(ann), w.grant(ann)
		for _, who := range []Holder{one, two, three} {
			_, err := w.SubscribePush(k.Ctx, who, subscriptionTo(t, r))
			w.must(err)
		}
		has := func(h Holder) bool {
			_, err := w.PushSubscription(k.Ctx, h)
			return err == nil
		}
		w.deliver(w.event("identity", identity.Revoked{UserID: ann, TokenID: one.TokenID}))
		if has(one) || !has(two) || !has(three) {
			t.Error("one was revoked")
		}
		// Not heard of yet, but not good any more.
		delete(w.identity.tokens, two.TokenID)
		w.identity.tokens[three.TokenID].Scopes = identity.Scopes{"read"}
		w.post(bob, "@ann", posts.Public)
		w.deliver()
		w.pushDue()
		if r.Hits() != 0 || has(two) || !has(three) {
			t.Errorf("%d pushed", r.Hits())
		}
		k.Clock.Advance(time.Second)
		revoked := w.event("identity", identity.Revoked{UserID: ann})
		k.Clock.Advance(time.Second)
		four := w.grant(ann)
		_, err := w.SubscribePush(k.Ctx, four, subscriptionTo(t, r))
		w.must(err)
		w.deliver(revoked)
		if has(three) || !has(four) {
			t.Error("all of then were revoked, not those of now")
		}
	})
}

// What is sealed cannot be read in the database; an account has so many
// subscriptions and no more; what is no address or key is refused.
func TestSubscribePush(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		r := testkit.NewPushReceiver(t, k.Clock.Now)
		oldest := w.grant(ann)
		_, err := w.SubscribePush(k.Ctx, oldest, subscriptionTo(t, r))
		w.must(err)
		sealed, err := db.Value[[]byte](k.Ctx, w.dbs[2], "SELECT channel FROM notifications_subscriptions WHERE token_id = $1", oldest.TokenID)
		w.must(err)
		if text := string(sealed); strings.Contains(text, "secret") || strings.Contains(text, r.URL) || strings.Contains(text, r.Auth) {
			t.Error("not sealed")
		}
		for range subscriptionsMax {
			k.Clock.Advance(time.Second)
			_, err := w.SubscribePush(k.Ctx, w.grant(ann), subscriptionTo(t, r))
			w.must(err)
		}
		if _, err := w.PushSubscription(k.Ctx, oldest); !errs.Is(err, errs.NotFound) {
			t.Errorf("the oldest is still there: %v", err)
		}
		for _, endpoint := range []string{"", "http://push.example/x", "https://", "https://u:p@push.example/", "ftp://push.example/", "https://push.example:22/",
			"https://push.example:99999999/", "https://push.example/#x", "javascript:alert(1)", "https://push.example/" + strings.Repeat("x", endpointMax)} {
			sub := subscriptionTo(t, r)
			sub.Receiver.Endpoint = endpoint
			if _, err := w.SubscribePush(k.Ctx, oldest, sub); !errs.Is(err, errs.Invalid) {
				t.Errorf("%.60q: %v", endpoint, err)
			}
		}
		sub := subscriptionTo(t, r)
		sub.Receiver.Auth = sub.Receiver.Auth[1:]
		if _, err := w.SubscribePush(k.Ctx, oldest, sub); !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
	})
}

// SS-01, SS-13: no message goes to an address inside, and whether something
// listens there cannot be told.
func TestSS01PushStaysOutside(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	w := open(t, k)
	w.Push = webpush.NewClient(fetch.Guard{}.Transport(), "mailto:a@example.org", k.Clock.Now)
	p := w.people("ann", "bob")
	r := testkit.NewPushReceiver(t, k.Clock.Now)
	_, port, _ := strings.Cut(strings.TrimPrefix(r.URL, "https://"), ":")
	for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port, "0x7f.1:" + port, "127.0.0.1:9999"} {
		sub := subscriptionTo(t, r)
		sub.Receiver.Endpoint = "https://" + host + "/x"
		_, err := w.SubscribePush(k.Ctx, w.grant(p[0]), sub)
		w.must(err)
	}
	w.post(p[1], "@ann", posts.Public)
	w.deliver()
	w.pushDue()
	if r.Hits() != 0 || w.queued() != 5 {
		t.Errorf("%d messages, %d wait", r.Hits(), w.queued())
	}
}

// F-44: a push service that never answers holds up no other, and not the rest.
func TestSlowPushServiceHoldsNobodyUp(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	w := open(t, k)
	p := w.people("ann", "bob")
	slow, quick := testkit.NewPushReceiver(t, k.Clock.Now), testkit.NewPushReceiver(t, k.Clock.Now)
	let := make(chan struct{})
	for range 40 {
		slow.Answer(func(w http.ResponseWriter) { <-let; w.WriteHeader(201) })
	}
	for range 15 {
		_, err := w.SubscribePush(k.Ctx, w.grant(p[0]), subscriptionTo(t, slow))
		w.must(err)
	}
	_, err := w.SubscribePush(k.Ctx, w.grant(p[0]), subscriptionTo(t, quick))
	w.must(err)
	w.start()
	w.post(p[1], "@ann one", posts.Public)
	w.post(p[1], "@ann two", posts.Public)
	testkit.Eventually(t, func() bool { return len(quick.Taken()) == 2 })
	if n := slow.Hits(); n > pushAtOnceHost {
		t.Errorf("%d at once to one host", n)
	}
	close(let)
}

package notifications

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/profiles"
)

// push sends one message and notes what came of it.
func (s *Service) push(ctx context.Context, d due) error {
	r, err := db.One(ctx, s.DB, scanSubscription, "SELECT "+subscriptionColumns+" FROM notifications_subscriptions WHERE id = $1", d.subscription)
	if errs.Is(err, errs.NotFound) {
		return s.pushed(ctx, d)
	}
	if err != nil {
		return err
	}
	channel, err := s.openChannel(&r)
	if err != nil { // it never opens again
		return errors.Join(err, s.dropSubscription(ctx, r.ID))
	}
	n, err := s.pushable(ctx, &r, d.notification)
	if err != nil {
		return err
	}
	if n == nil {
		return s.pushed(ctx, d)
	}
	endpoint, err := url.Parse(channel.Endpoint)
	if err != nil {
		return err
	}
	if !s.hosts.enter(endpoint.Host) {
		return s.pushAgain(ctx, d, pushSoon)
	}
	defer s.hosts.leave(endpoint.Host)
	body, err := s.pushBody(ctx, n, &r, channel)
	if err != nil {
		return err
	}
	vapid, err := s.VAPID(ctx)
	if err != nil {
		return err
	}
	answer, failed := s.Push.Send(ctx, vapid, webpush.Message{To: channel.Receiver, Body: body, TTL: pushFor, Urgent: n.Type == Mention, Standard: r.Standard})
	if failed != nil && ctx.Err() != nil {
		return nil // it was we who stopped; the lease runs out
	}
	// What was answered is noted also when the process is about to stop.
	ctx = context.WithoutCancel(ctx)
	return s.pushAnswered(ctx, d, &r, answer, failed)
}

// pushAnswered goes on after an answer, or after failed if there was none.
func (s *Service) pushAnswered(ctx context.Context, d due, r *subscriptionRow, answer webpush.Answer, failed error) error {
	switch {
	case failed == nil && answer.Status/100 == 2:
		if r.failing != 0 {
			if _, err := db.Exec(ctx, s.DB, "UPDATE notifications_subscriptions SET failing_since = 0 WHERE id = $1", r.ID); err != nil {
				return err
			}
		}
		return s.pushed(ctx, d)
	case failed == nil && (answer.Status == 404 || answer.Status == 410): // the receiver is gone
		if err := s.dropSubscription(ctx, r.ID); err != nil {
			return err
		}
		return s.pushed(ctx, d)
	case failed == nil && answer.Status == 413:
		return s.pushed(ctx, d) // another message may be shorter
	}
	if failed != nil {
		s.Log.Debug("push service not reached", "subscription", r.ID, "error", failed)
	}
	if err := s.pushFailed(ctx, r); err != nil {
		return err
	}
	if failed == nil && answer.Status/100 == 4 && answer.Status != 408 && answer.Status != 429 {
		return s.pushed(ctx, d) // it would be refused again
	}
	wait := min(pushFirst<<min(d.attempts, 16), pushMost)
	d.attempts++
	return s.pushAgain(ctx, d, max(wait, min(answer.RetryAfter, pushFor)))
}

// pushable returns a notification if it is still to be pushed to a subscription:
// it is there, it is news, its reader wants to be told, and the token is good.
func (s *Service) pushable(ctx context.Context, r *subscriptionRow, id ids.ID) (*Notification, error) {
	good, err := s.holds(ctx, r)
	if err != nil || !good {
		return nil, err
	}
	n, err := s.Get(ctx, r.account, id)
	if errs.Is(err, errs.NotFound) || err == nil && (n.Filtered || s.Now().Sub(n.CreatedAt) > pushFor) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if n.FromID == n.AccountID { // one's own poll
		return n, nil
	}
	switch r.Policy {
	case PushNone:
		return nil, nil
	case PushFollowed:
		graph, err := s.Profiles.Graph(ctx, r.account)
		if err != nil {
			return nil, err
		}
		if _, follows := graph.Following[n.FromID]; !follows {
			return nil, nil
		}
	case PushFollowers:
		relations, err := s.Profiles.Relationships(ctx, r.account, []ids.ID{n.FromID})
		if err != nil || len(relations) == 0 || !relations[0].FollowedBy {
			return nil, err
		}
	}
	return n, nil
}

// holds tells whether a subscription's holder may be told things. A subscription
// whose token or session is gone is ended.
func (s *Service) holds(ctx context.Context, r *subscriptionRow) (bool, error) {
	var good bool
	var err error
	if r.session {
		var u *identity.User
		if u, err = s.Identity.SessionUser(ctx, r.token); err == nil {
			good = u.Active()
		}
	} else {
		var caller *identity.Caller
		if caller, err = s.Identity.Token(ctx, r.token); err == nil {
			good = caller.Pending == "" && caller.Scopes.Allows("push")
		}
	}
	if errs.Is(err, errs.NotFound) {
		return false, s.dropSubscription(ctx, r.ID)
	}
	if errs.Is(err, errs.Forbidden) {
		return false, nil
	}
	return good, err
}

// pushPayload is what a client gets. The names are Mastodon's, and as there the
// id is a number. A browser's messages, which the pages' service worker shows,
// have an address instead of a token: nothing by which anybody could act for
// their reader.
type pushPayload struct {
	AccessToken      string `json:"access_token,omitempty"`
	URL              string `json:"url,omitempty"` // of a page
	Tag              string `json:"tag,omitempty"` // the id again: a browser shows what has the same one once
	PreferredLocale  string `json:"preferred_locale"`
	NotificationID   int64  `json:"notification_id"`
	NotificationType Type   `json:"notification_type"`
	Icon             string `json:"icon"`
	Title            string `json:"title"`
	Body             string `json:"body"`
}

// Bounds of a message, in characters.
const (
	titleMax = 120
	bodyMax  = 140
)

func (s *Service) pushBody(ctx context.Context, n *Notification, r *subscriptionRow, to pushChannel) ([]byte, error) {
	owner := n.FromID // of the page that it is about
	if n.View != nil {
		owner = n.View.AccountID
	}
	accounts, err := s.Profiles.Accounts(ctx, []ids.ID{n.FromID, owner})
	if err != nil {
		return nil, err
	}
	p := pushPayload{AccessToken: to.Token, NotificationID: int64(n.ID), NotificationType: n.Type}
	if r.session {
		p.Tag, p.URL = n.ID.String(), s.pageOf(n, accounts[owner])
	}
	user, err := s.Identity.User(ctx, n.AccountID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return nil, err
	}
	p.PreferredLocale = to.Locale
	if user != nil {
		p.PreferredLocale = cmp.Or(to.Locale, user.Locale)
	}
	p.PreferredLocale = cmp.Or(p.PreferredLocale, "en")
	from, name := accounts[n.FromID], "Somebody"
	if from != nil {
		name = cmp.Or(from.DisplayName, from.Username)
		p.Icon = s.Icon(from)
	}
	p.Title = cut(s.Title(p.PreferredLocale, n, name), titleMax)
	switch {
	case n.View != nil:
		p.Body = cut(cmp.Or(n.View.Spoiler, n.View.Text), bodyMax)
	case from != nil && (n.Type == Follow || n.Type == FollowRequest):
		p.Body = cut(from.Note, bodyMax)
	}
	return json.Marshal(p)
}

// pageOf returns the address of what a notification is about, empty if that is
// neither a post nor somebody.
func (s *Service) pageOf(n *Notification, owner *profiles.Account) string {
	switch {
	case owner == nil:
	case n.View != nil:
		return s.Page(owner, n.View.ID)
	case n.Type == Follow || n.Type == SignedUp:
		return s.Page(owner, 0)
	}
	return ""
}

// TryPush sends a message to a holder's subscription at once. Returns NotFound
// if there is none, or not any more, and Unavailable if it was not taken.
func (s *Service) TryPush(ctx context.Context, who Holder, title, body string) error {
	r, err := s.subscription(ctx, who)
	if err != nil {
		return err
	}
	channel, err := s.openChannel(&r)
	if err != nil {
		return err
	}
	vapid, err := s.VAPID(ctx)
	if err != nil {
		return err
	}
	data, err := json.Marshal(pushPayload{AccessToken: channel.Token, PreferredLocale: cmp.Or(channel.Locale, "en"), Tag: "test", Title: title, Body: body})
	if err != nil {
		return err
	}
	answer, err := s.Push.Send(ctx, vapid, webpush.Message{To: channel.Receiver, Body: data, TTL: tryFor, Urgent: true, Standard: r.Standard})
	switch {
	case err == nil && answer.Status/100 == 2:
		return nil
	case err == nil && (answer.Status == 404 || answer.Status == 410):
		return errors.Join(errs.NotFoundRecord(), s.dropSubscription(ctx, r.ID))
	}
	return errs.Wrap(errs.Unavailable, "The push service did not take the message", err)
}

// tryFor is how long a message that somebody waits for is worth sending.
const tryFor = time.Minute

// Title says in a few words what has happened, given the name of who did it.
func (n *Notification) Title(name string) string {
	switch n.Type {
	case Mention:
		return name + " mentioned you"
	case NewPost:
		return name + " just posted"
	case Boost:
		return name + " boosted your post"
	case Follow:
		return name + " follows you now"
	case FollowRequest:
		return name + " asks to follow you"
	case Favourite:
		return name + " likes your post"
	case PollEnded:
		if n.FromID == n.AccountID {
			return "Your poll has ended"
		}
		return "A poll that you voted in has ended"
	case PostEdited:
		return name + " edited a post"
	case Quote:
		return name + " quoted your post"
	case QuotedUpdate:
		return name + " edited a post that you quoted"
	case SignedUp:
		return name + " signed up"
	case Reported:
		return name + " sent a report"
	case Warned:
		return "The moderators have sent you a warning"
	case AddedToCollection:
		return name + " added you to a collection"
	case CollectionUpdate:
		return name + " changed a collection that you are in"
	}
	return "There is something new"
}

// cut returns the first characters of a text.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

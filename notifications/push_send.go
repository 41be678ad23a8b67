package notifications

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/webpush"
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
	body, err := s.pushBody(ctx, n, channel.Token)
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
	caller, err := s.Identity.Token(ctx, r.token)
	if errs.Is(err, errs.NotFound) {
		return nil, s.dropSubscription(ctx, r.ID)
	}
	if errs.Is(err, errs.Forbidden) || err == nil && (caller.Pending != "" || !caller.Scopes.Allows("push")) {
		return nil, nil
	}
	if err != nil {
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

// pushPayload is what a client gets. The names are Mastodon's, and as there the
// id is a number.
type pushPayload struct {
	AccessToken      string `json:"access_token"`
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

func (s *Service) pushBody(ctx context.Context, n *Notification, token string) ([]byte, error) {
	accounts, err := s.Profiles.Accounts(ctx, []ids.ID{n.FromID})
	if err != nil {
		return nil, err
	}
	p := pushPayload{AccessToken: token, PreferredLocale: "en", NotificationID: int64(n.ID), NotificationType: n.Type}
	user, err := s.Identity.User(ctx, n.AccountID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return nil, err
	}
	if user != nil {
		p.PreferredLocale = cmp.Or(user.Locale, "en")
	}
	from, name := accounts[n.FromID], "Somebody"
	if from != nil {
		name = cmp.Or(from.DisplayName, from.Username)
		p.Icon = s.Icon(from)
	}
	p.Title = cut(n.Title(name), titleMax)
	switch {
	case n.View != nil:
		p.Body = cut(cmp.Or(n.View.Spoiler, n.View.Text), bodyMax)
	case from != nil && (n.Type == Follow || n.Type == FollowRequest):
		p.Body = cut(from.Note, bodyMax)
	}
	return json.Marshal(p)
}

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

package notifications

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/webpush"
)

// Subscription says what is pushed to a holder, and where.
type Subscription struct {
	ID       ids.ID
	Receiver webpush.Receiver
	Standard bool   // RFC 8291; else the draft that old clients speak
	Locale   string // what the messages say it is in; empty: as the user's is
	Alerts   []Type // what is pushed, in the order of Types
	Policy   PushPolicy
}

// PushPolicy says whose notifications are pushed, by its name in the API.
type PushPolicy string

// The push policies.
const (
	PushAll       PushPolicy = "all"
	PushFollowed  PushPolicy = "followed" // of those whom the account follows
	PushFollowers PushPolicy = "follower" // of those who follow the account
	PushNone      PushPolicy = "none"
)

// PushUpdate is a change of a subscription; nil leaves a thing as it is.
type PushUpdate struct {
	Alerts *[]Type
	Policy *PushPolicy
}

func (u PushUpdate) check() error {
	if u.Policy != nil && !slices.Contains([]PushPolicy{PushAll, PushFollowed, PushFollowers, PushNone}, *u.Policy) {
		return refusedInput("policy", "ERR_INCLUSION", "must be all, followed, follower or none")
	}
	return nil
}

func refusedInput(name, code, text string) error {
	return &errs.Error{Kind: errs.Invalid, Text: "Validation failed: " + name + " " + text, Fields: map[string][]errs.Field{name: {{Code: code, Text: text}}}}
}

// Holder is who subscribes: an account by one of its access tokens, or by the
// session of a browser.
type Holder struct {
	AccountID ids.ID
	TokenID   ids.ID // 0: see SessionID
	SessionID ids.ID
	// Token is the access token as the client sends it; messages carry it back.
	// The session's secret is in none.
	Token string
}

// key is what a holder's subscription is found by: columns token_id and of_session.
func (h Holder) key() (id ids.ID, session bool) {
	if h.TokenID != 0 {
		return h.TokenID, false
	}
	return h.SessionID, true
}

// held is the condition on a holder's subscription.
const held = "token_id = $1 AND of_session = $2"

const (
	endpointMax = 2048
	// subscriptionsMax is how many subscriptions an account may have; the oldest
	// go first.
	subscriptionsMax = 20
)

// SubscribePush makes a holder's subscription, instead of the one that it had.
// Returns Invalid for an address or keys that cannot be pushed to.
func (s *Service) SubscribePush(ctx context.Context, who Holder, sub Subscription) (*Subscription, error) {
	if sub.Policy == "" {
		sub.Policy = PushAll
	}
	if err := (PushUpdate{Policy: &sub.Policy}).check(); err != nil {
		return nil, err
	}
	if err := checkEndpoint(sub.Receiver.Endpoint); err != nil {
		return nil, err
	}
	if err := sub.Receiver.Check(); err != nil {
		return nil, refusedInput("keys", "ERR_INVALID", err.Error())
	}
	sub.ID, sub.Alerts = s.IDs.New(who.AccountID), known(sub.Alerts)
	plain, err := json.Marshal(pushChannel{sub.Receiver, who.Token, sub.Locale})
	if err != nil {
		return nil, err
	}
	id, session := who.key()
	sealed := s.Keys.Seal(plain, channelContext(sub.ID))
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "DELETE FROM notifications_subscriptions WHERE "+held, id, session); err != nil {
			return err
		}
		_, err := db.Exec(ctx, tx, `DELETE FROM notifications_subscriptions WHERE id IN
			(SELECT id FROM notifications_subscriptions WHERE account_id = $1 ORDER BY id DESC LIMIT 1000 OFFSET $2)`,
			who.AccountID, subscriptionsMax-1)
		if err != nil {
			return err
		}
		_, err = db.Exec(ctx, tx, `INSERT INTO notifications_subscriptions (id, account_id, token_id, of_session, channel, standard, policy, failing_since)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`, sub.ID, who.AccountID, id, session, sealed, sub.Standard, string(sub.Policy))
		if err != nil {
			return err
		}
		return insertAlerts(ctx, tx, sub.ID, sub.Alerts)
	})
	return &sub, err
}

// checkEndpoint refuses what is no address of a push service. Where it leads is
// found out when something is sent: what a name stands for may change.
func checkEndpoint(text string) error {
	u, err := url.Parse(text)
	if err != nil || len(text) > endpointMax || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return refusedInput("endpoint", "ERR_INVALID", "must be an https address")
	}
	if port, err := strconv.Atoi(u.Port()); u.Port() != "" && (err != nil || port != 443 && port < 1024 || port > 65535) {
		return refusedInput("endpoint", "ERR_INVALID", "must not have the port of another service")
	}
	return nil
}

// known returns the types that exist, each once, in the order of Types.
func known(list []Type) []Type {
	return slices.DeleteFunc(Types(), func(t Type) bool { return !slices.Contains(list, t) })
}

func insertAlerts(ctx context.Context, tx *db.Tx, id ids.ID, alerts []Type) error {
	for _, t := range alerts {
		if _, err := db.Exec(ctx, tx, "INSERT INTO notifications_alerts (subscription_id, type) VALUES ($1, $2)", id, string(t)); err != nil {
			return err
		}
	}
	return nil
}

// UpdatePush changes a holder's subscription. Returns NotFound if it has none,
// and Invalid for an unknown policy.
func (s *Service) UpdatePush(ctx context.Context, who Holder, u PushUpdate) (*Subscription, error) {
	if err := u.check(); err != nil {
		return nil, err
	}
	key, session := who.key()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		id, err := db.Value[ids.ID](ctx, tx, "SELECT id FROM notifications_subscriptions WHERE "+held, key, session)
		if err != nil {
			return err
		}
		if u.Policy != nil {
			if _, err := db.Exec(ctx, tx, "UPDATE notifications_subscriptions SET policy = $2 WHERE id = $1", id, string(*u.Policy)); err != nil {
				return err
			}
		}
		if u.Alerts == nil {
			return nil
		}
		if _, err := db.Exec(ctx, tx, "DELETE FROM notifications_alerts WHERE subscription_id = $1", id); err != nil {
			return err
		}
		return insertAlerts(ctx, tx, id, known(*u.Alerts))
	})
	if err != nil {
		return nil, err
	}
	return s.PushSubscription(ctx, who)
}

// UnsubscribePush ends a holder's subscription; there need not be one.
func (s *Service) UnsubscribePush(ctx context.Context, who Holder) error {
	id, session := who.key()
	_, err := db.Exec(ctx, s.DB, "DELETE FROM notifications_subscriptions WHERE "+held, id, session)
	return err
}

// subscription reads a holder's subscription. Returns NotFound if it has none.
func (s *Service) subscription(ctx context.Context, who Holder) (subscriptionRow, error) {
	id, session := who.key()
	return db.One(ctx, s.DB, scanSubscription, "SELECT "+subscriptionColumns+" FROM notifications_subscriptions WHERE "+held, id, session)
}

// PushSubscription returns a holder's subscription. Returns NotFound if it has none.
func (s *Service) PushSubscription(ctx context.Context, who Holder) (*Subscription, error) {
	r, err := s.subscription(ctx, who)
	if err != nil {
		return nil, err
	}
	sub := r.Subscription
	types, err := db.Values[Type](ctx, s.DB, "SELECT type FROM notifications_alerts WHERE subscription_id = $1", sub.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.openChannel(&r)
	sub.Receiver, sub.Locale, sub.Alerts = c.Receiver, c.Locale, known(types)
	return &sub, err
}

// pushChannel is what is sealed of a subscription.
type pushChannel struct {
	webpush.Receiver
	Token  string `json:"token"`
	Locale string `json:"locale,omitempty"`
}

// subscriptionRow is a subscription as it is scanned.
type subscriptionRow struct {
	Subscription
	account, token ids.ID
	session        bool // token is one
	sealed         []byte
	failing        int64
}

const subscriptionColumns = "id, account_id, token_id, of_session, channel, standard, policy, failing_since"

func scanSubscription(r *subscriptionRow) []any {
	return []any{&r.ID, &r.account, &r.token, &r.session, &r.sealed, &r.Standard, &r.Policy, &r.failing}
}

func (s *Service) openChannel(r *subscriptionRow) (pushChannel, error) {
	var c pushChannel
	plain, err := s.Keys.Open(r.sealed, channelContext(r.ID))
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	return c, err
}

// channelContext binds what is sealed to its row.
func channelContext(id ids.ID) []byte {
	return []byte("notifications_subscriptions.channel:" + id.String())
}

// endPush ends the subscriptions of a token that was revoked or, if token is 0,
// of all tokens and sessions that a user had then.
func (s *Service) endPush(ctx context.Context, user, token ids.ID, at time.Time) error {
	if token != 0 {
		return s.UnsubscribePush(ctx, Holder{TokenID: token})
	}
	_, err := db.Exec(ctx, s.DB, "DELETE FROM notifications_subscriptions WHERE account_id = $1 AND token_id < $2", user, ids.At(at.Add(time.Millisecond)))
	return err
}

// vapidContext binds the sealed key to its place.
const vapidContext = "notifications_vapid.private"

// VAPID returns the key by which push services know this server; the first call
// of all nodes makes it.
func (s *Service) VAPID(ctx context.Context) (*webpush.VAPID, error) {
	if v := s.vapid.Load(); v != nil {
		return v, nil
	}
	fresh, err := webpush.NewVAPID()
	if err != nil {
		return nil, err
	}
	private, err := fresh.Private()
	if err != nil {
		return nil, err
	}
	sealed := s.Keys.Seal(private, []byte(vapidContext))
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "INSERT INTO notifications_vapid (id, private) VALUES (1, $1) ON CONFLICT (id) DO NOTHING", sealed); err != nil {
			return err
		}
		sealed, err = db.Value[[]byte](ctx, tx, "SELECT private FROM notifications_vapid WHERE id = 1")
		return err
	})
	if err != nil {
		return nil, err
	}
	if private, err = s.Keys.Open(sealed, []byte(vapidContext)); err != nil {
		return nil, err
	}
	v, err := webpush.ParseVAPID(private)
	if err == nil {
		s.vapid.Store(v)
	}
	return v, err
}

package archive

import (
	"fmt"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// account writes what is held of the member as a user. One whom nobody can sign
// in as has no user.
func (b *book) account() error {
	u, err := b.Identity.User(b.ctx, b.me.ID)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	sessions, err := b.Identity.Sessions(b.ctx, u.ID)
	if err != nil {
		return err
	}
	grants, err := b.Identity.Grants(b.ctx, u.ID)
	if err != nil {
		return err
	}
	addresses, err := b.Identity.Addresses(b.ctx, []ids.ID{u.ID})
	if err != nil {
		return err
	}
	pending, err := b.Identity.PendingEmail(b.ctx, u.ID)
	if err != nil {
		return err
	}
	exports, err := b.Identity.Exports(b.ctx, u.ID)
	if err != nil {
		return err
	}
	imports, err := b.Identity.Imports(b.ctx, u.ID)
	if err != nil {
		return err
	}
	return b.object("account.json", thing{"id": u.ID, "username": u.Username, "email": u.Email, "email_wanted": pending, "role": u.Role, "locale": u.Locale,
		"reason": u.Reason, "created_at": u.CreatedAt, "confirmed": u.Confirmed, "approved": u.Approved, "disabled": u.Disabled, "suspended": u.Suspended,
		"sessions": each(sessions, func(s identity.Session) thing {
			return thing{"created_at": s.CreatedAt, "used_at": s.UsedAt, "ip": s.Address, "user_agent": s.UserAgent}
		}),
		"apps": each(grants, func(g identity.Grant) thing {
			return thing{"name": g.App.Name, "website": g.App.Website, "scopes": g.Scopes.String(), "created_at": g.CreatedAt}
		}),
		"addresses": each(addresses[u.ID], func(a identity.Address) thing { return thing{"ip": a.IP, "used_at": a.UsedAt} }),
		"imports": each(imports, func(m identity.Import) thing {
			return thing{"list": m.List, "lines": m.Lines, "requested_at": m.RequestedAt}
		}),
		"archives": each(exports, func(e identity.Export) thing { return thing{"requested_at": e.RequestedAt, "expires_at": e.ExpiresAt} })})
}

// each returns what f makes of the items of a list, never nil.
func each[T any](list []T, f func(T) thing) []thing {
	out := make([]thing, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// settings writes what the member has decided.
func (b *book) settings() error {
	policy, err := b.Notifications.Policy(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	markers, err := b.Notifications.Markers(b.ctx, b.me.ID, []string{"home", "notifications"})
	if err != nil {
		return err
	}
	pushes, err := b.pushes()
	if err != nil {
		return err
	}
	me := b.me
	return b.object("settings.json", thing{"locked": me.Locked, "bot": me.Bot, "discoverable": me.Discoverable, "indexable": me.Indexable,
		"hide_collections": me.HideCollections, "show_media": me.ShowMedia, "show_media_replies": me.ShowMediaReplies, "show_featured": me.ShowFeatured,
		"show_application": me.ShowApplication, "default_privacy": me.Privacy, "default_sensitive": me.Sensitive, "default_language": me.Language,
		"default_quote_policy": me.QuotePolicy, "attribution_domains": me.Attributions,
		"notifications": thing{"for_not_following": policy.NotFollowing, "for_not_followers": policy.NotFollowers, "for_new_accounts": policy.NewAccounts,
			"for_private_mentions": policy.PrivateMentions, "for_limited_accounts": policy.LimitedAccounts},
		"push": pushes, "markers": markers})
}

// pushes returns what is pushed, to apps and to browsers.
func (b *book) pushes() ([]thing, error) {
	grants, err := b.Identity.Grants(b.ctx, b.me.ID)
	if err != nil {
		return nil, err
	}
	sessions, err := b.Identity.Sessions(b.ctx, b.me.ID)
	if err != nil {
		return nil, err
	}
	holders := map[notifications.Holder]string{}
	for _, g := range grants {
		holders[notifications.Holder{AccountID: b.me.ID, TokenID: g.TokenID}] = g.App.Name
	}
	for _, s := range sessions {
		holders[notifications.Holder{AccountID: b.me.ID, SessionID: s.ID}] = s.UserAgent
	}
	pushes := []thing{}
	for who, name := range holders {
		p, err := b.Notifications.PushSubscription(b.ctx, who)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		pushes = append(pushes, thing{"to": name, "endpoint": p.Receiver.Endpoint, "alerts": p.Alerts, "policy": p.Policy})
	}
	return pushes, nil
}

// names returns how accounts are called.
func (b *book) names(list []ids.ID) ([]string, error) {
	names := []string{}
	err := b.each(b.ctx, list, func(a *profiles.Account) error {
		names = append(names, b.address(a))
		return nil
	})
	return names, err
}

// people writes how the member stands to others, as far as the lists do not say
// it.
func (b *book) people() error {
	ties, err := b.Profiles.Ties(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	out := thing{}
	for name, list := range map[string][]ids.ID{"asked_to_follow": ties.Asked, "recommended": ties.Endorsed, "not_to_be_suggested": ties.Dismissed} {
		if out[name], err = b.names(list); err != nil {
			return err
		}
	}
	var asking []ids.ID
	err = pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := b.Profiles.Requests(b.ctx, b.me.ID, p)
		for _, e := range list {
			last, asking = e.Cursor, append(asking, e.Account.ID)
		}
		return last, len(list), err
	})
	if err != nil {
		return err
	}
	if out["ask_to_follow_me"], err = b.names(asking); err != nil {
		return err
	}
	if err := b.object("people.json", out); err != nil {
		return err
	}
	if err := b.array("notes.json", b.notes); err != nil {
		return err
	}
	return b.array("collections.json", b.collections)
}

func (b *book) notes(add func(any) error) error {
	for after := ids.ID(0); ; {
		list, err := b.Profiles.Notes(b.ctx, b.me.ID, after, atOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, n := range list {
			about, err := b.names([]ids.ID{n.About})
			if err != nil {
				return err
			}
			if err := add(thing{"about": about, "note": n.Text}); err != nil {
				return err
			}
			after = n.About
		}
	}
}

func (b *book) collections(add func(any) error) error {
	for offset := 0; ; offset += atOnce {
		list, err := b.Profiles.CollectionsOf(b.ctx, b.me.ID, b.me.ID, atOnce, offset)
		if err != nil {
			return err
		}
		for _, c := range list {
			var members []ids.ID
			for _, item := range c.Items {
				members = append(members, item.AccountID)
			}
			names, err := b.names(members)
			if err != nil {
				return err
			}
			if err := add(thing{"id": c.ID, "name": c.Name, "description": c.Description, "language": c.Language, "tag": c.Tag, "accounts": names, "updated_at": c.UpdatedAt}); err != nil {
				return err
			}
		}
		if len(list) < atOnce {
			return nil
		}
	}
}

// keeps writes filters, lists, hashtags, scheduled posts and conversations.
func (b *book) keeps() error {
	filters, err := b.Posts.Filters(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	lists, err := b.Posts.Lists(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	featured, err := b.Posts.FeaturedTags(b.ctx, b.me.ID, b.me.ID)
	if err != nil {
		return err
	}
	muted, err := b.Posts.MutedThreads(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	followed := []string{}
	err = pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := b.Posts.FollowedTags(b.ctx, b.me.ID, p)
		for _, t := range list {
			last, followed = t.Cursor, append(followed, t.Name)
		}
		return last, len(list), err
	})
	if err != nil {
		return err
	}
	for name, v := range map[string]any{
		"filters.json": append([]posts.Filter{}, filters...), // none is a list too
		"lists.json": each(lists, func(l posts.List) thing {
			return thing{"id": l.ID, "title": l.Title, "replies": l.Replies, "exclusive": l.Exclusive}
		}),
		"tags.json": thing{"followed": followed, "featured": each(featured, func(t posts.FeaturedTag) thing { return thing{"name": t.Name} })},
	} {
		if err := b.object(name, v); err != nil {
			return err
		}
	}
	if err := b.array("scheduled.json", b.scheduled); err != nil {
		return err
	}
	return b.conversations(muted)
}

func (b *book) scheduled(add func(any) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := b.Posts.ScheduledPosts(b.ctx, b.me.ID, p)
		for _, x := range list {
			if last = x.ID; err == nil {
				err = add(thing{"id": x.ID, "at": x.At, "text": x.Draft.Text, "spoiler": x.Draft.Spoiler, "language": x.Draft.Language,
					"in_reply_to": x.Draft.InReplyToID, "poll": x.Draft.Poll, "media": x.Draft.Media})
			}
		}
		return last, len(list), err
	})
}

func (b *book) conversations(muted []ids.ID) error {
	return b.array("conversations.json", func(add func(any) error) error {
		for _, id := range muted {
			if err := add(thing{"first_post": id, "muted": true}); err != nil {
				return err
			}
		}
		return pages(func(p page.Page) (last ids.ID, n int, err error) {
			list, err := b.Posts.Conversations(b.ctx, b.me.ID, p)
			if err != nil {
				return 0, 0, err
			}
			for _, c := range list {
				names, err := b.names(c.People)
				if err != nil {
					return 0, 0, err
				}
				last = c.Last.ID
				if err := add(thing{"id": c.ID, "with": names, "last_post": c.Last.ID, "unread": c.Unread}); err != nil {
					return 0, 0, err
				}
			}
			return last, len(list), nil
		})
	})
}

func (b *book) votes() error {
	return b.array("votes.json", func(add func(any) error) error {
		for after := ids.ID(0); ; {
			list, err := b.Posts.Votes(b.ctx, b.me.ID, after, atOnce)
			if err != nil || len(list) == 0 {
				return err
			}
			for _, v := range list {
				if err := add(thing{"poll": v.PollID, "post": v.PostID, "choice": v.Choice}); err != nil {
					return err
				}
				after = v.PollID
			}
		}
	})
}

// edits writes the earlier versions of posts.
func (b *book) edits() error {
	return b.array("edits.json", func(add func(any) error) error {
		return b.written(func(v *posts.View, _ map[ids.ID]*profiles.Account) error {
			if v.EditedAt.IsZero() || v.BoostOfID != 0 {
				return nil
			}
			versions, err := b.Posts.History(b.ctx, b.me.ID, v.ID)
			if errs.Is(err, errs.NotFound) {
				return nil // deleted meanwhile, or its author is suspended
			}
			for _, e := range versions {
				if err == nil {
					err = add(thing{"post": v.ID, "at": e.CreatedAt, "text": e.Text, "spoiler": e.Spoiler, "sensitive": e.Sensitive, "poll": e.Poll})
				}
			}
			return err
		})
	})
}

// told writes the notifications.
func (b *book) told() error {
	return b.array("notifications.json", func(add func(any) error) error {
		return pages(func(p page.Page) (last ids.ID, n int, err error) {
			if err := b.hold(); err != nil {
				return 0, 0, err
			}
			list, err := b.Notifications.List(b.ctx, b.me.ID, notifications.Filter{Aside: true}, p)
			for _, x := range list {
				if last = x.ID; err == nil {
					err = add(x)
				}
			}
			return last, len(list), err
		})
	})
}

// house writes what is between the member and those who keep the house.
func (b *book) house() error {
	reactions, err := b.Instance.ReactionsOf(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	years, err := b.Instance.Reports(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	if err := b.object("announcements.json", thing{"annual_reports": years, "reactions": reactions}); err != nil {
		return err
	}
	return b.array("moderation.json", func(add func(any) error) error {
		for _, resolved := range []bool{false, true} {
			if err := b.reports(resolved, add); err != nil {
				return err
			}
		}
		return pages(func(p page.Page) (last ids.ID, n int, err error) {
			list, err := b.Moderation.WarningsOf(b.ctx, b.me.ID, p)
			for _, w := range list { // who has warned is not told
				if last = w.ID; err == nil {
					err = add(thing{"kind": "warning", "action": w.Action, "text": w.Text, "posts": w.StatusIDs, "at": w.CreatedAt})
				}
			}
			return last, len(list), err
		})
	})
}

func (b *book) reports(resolved bool, add func(any) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := b.Moderation.Reports(b.ctx, moderation.ReportFilter{Resolved: resolved, AccountID: b.me.ID}, p)
		if err != nil {
			return 0, 0, err
		}
		for _, r := range list {
			about, err := b.names([]ids.ID{r.TargetID})
			if err != nil {
				return 0, 0, err
			}
			last = r.ID
			if err := add(thing{"kind": "report", "about": about, "category": r.Category, "comment": r.Comment, "posts": r.StatusIDs, "at": r.CreatedAt, "resolved": r.Resolved()}); err != nil {
				return 0, 0, err
			}
		}
		return last, len(list), nil
	})
}

// FileName returns what a member's archive is called.
func FileName(username string, at time.Time) string {
	return fmt.Sprintf("archive-%s-%s.zip", username, at.UTC().Format("20060102"))
}

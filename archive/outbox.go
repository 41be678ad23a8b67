package archive

import (
	"archive/zip"
	"fmt"
	"mime"
	"path"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// thing is a JSON object of ActivityPub.
type thing map[string]any

const (
	activityStreams = "https://www.w3.org/ns/activitystreams"
	public          = activityStreams + "#Public"
)

// terms are the words of toots that ActivityStreams does not have.
var terms = thing{"toot": "http://joinmastodon.org/ns#", "schema": "http://schema.org#", "sensitive": "as:sensitive", "Hashtag": "as:Hashtag",
	"manuallyApprovesFollowers": "as:manuallyApprovesFollowers", "discoverable": "toot:discoverable", "indexable": "toot:indexable", "votersCount": "toot:votersCount",
	"blurhash": "toot:blurhash", "PropertyValue": "schema:PropertyValue", "value": "schema:value",
	"focalPoint": thing{"@container": "@list", "@id": "toot:focalPoint"}}

func (b *book) readme() error {
	w, err := b.create("README.txt", zip.Deflate)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, readme, b.host)
	return err
}

// actor writes the profile.
func (b *book) actor() error {
	me, id := b.me, b.person(b.me.Username)
	kind := "Person"
	if me.Bot {
		kind = "Service"
	}
	fields := make([]thing, len(me.Fields))
	for i, f := range me.Fields {
		fields[i] = thing{"type": "PropertyValue", "name": f.Name, "value": f.ValueHTML}
	}
	actor := thing{"@context": []any{activityStreams, terms}, "id": id, "type": kind, "preferredUsername": me.Username, "name": me.DisplayName,
		"summary": me.NoteHTML, "source": thing{"content": me.Note, "mediaType": "text/plain"}, "url": b.BaseURL + "/@" + me.Username,
		"published": stamp(me.CreatedAt), "manuallyApprovesFollowers": me.Locked, "discoverable": me.Discoverable, "indexable": me.Indexable,
		"attachment": fields, "attributionDomains": me.Attributions, "outbox": "outbox.json", "likes": "likes.json", "bookmarks": "bookmarks.json"}
	for name, picture := range map[string]struct{ of, key, alt string }{"icon": {"avatar", me.Avatar, me.AvatarAlt}, "image": {"header", me.Header, me.HeaderAlt}} {
		if picture.key != "" {
			actor[name] = thing{"type": "Image", "mediaType": mediaType(picture.key), "url": picture.of + path.Ext(picture.key), "name": picture.alt}
		}
	}
	return b.object("actor.json", actor)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func mediaType(key string) string { return mime.TypeByExtension(path.Ext(key)) }

// written calls f for all that the account has written, the oldest first, with
// the accounts that it is about.
func (b *book) written(f func(v *posts.View, others map[ids.ID]*profiles.Account) error) error {
	for after := ids.ID(0); ; {
		if err := b.hold(); err != nil {
			return err
		}
		list, err := b.Posts.Written(b.ctx, b.me.ID, after, atOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		var want []ids.ID
		for _, v := range list {
			if v.InReplyToAccountID != 0 {
				want = append(want, v.InReplyToAccountID)
			}
			if v.Boost != nil {
				want = append(want, v.Boost.AccountID)
			}
		}
		others, err := b.Profiles.Accounts(b.ctx, want)
		if err != nil {
			return err
		}
		for _, v := range list {
			if err := f(v, others); err != nil {
				return err
			}
			after = v.ID
		}
	}
}

// outbox writes all posts and boosts, also those that are not public: it is their
// author's archive.
func (b *book) outbox() error {
	return b.collection("outbox.json", func(add func(any) error) error {
		return b.written(func(v *posts.View, others map[ids.ID]*profiles.Account) error {
			id := b.uri(v.Post, b.me)
			to, cc := b.addressed(v.Post)
			activity := thing{"id": id + "/activity", "type": "Create", "actor": b.person(b.me.Username), "published": stamp(v.CreatedAt), "to": to, "cc": cc}
			switch {
			case v.BoostOfID == 0:
				activity["object"] = b.note(v, id, to, cc, others)
			case v.Boost == nil || others[v.Boost.AccountID] == nil:
				return nil // what was boosted is gone
			default:
				activity["type"], activity["object"] = "Announce", b.uri(v.Boost.Post, others[v.Boost.AccountID])
			}
			return add(activity)
		})
	})
}

// addressed returns whom a post is for.
func (b *book) addressed(p *posts.Post) (to, cc []string) {
	followers := b.person(b.me.Username) + "/followers"
	to, cc = []string{}, []string{}
	for _, m := range p.Mentions {
		cc = append(cc, b.BaseURL+"/@"+m.Acct)
	}
	switch p.Visibility {
	case posts.Public:
		return append(to, public), append(cc, followers)
	case posts.Unlisted:
		return append(to, followers), append(cc, public)
	case posts.Followers:
		return append(to, followers), cc
	}
	return cc, to
}

// note is a post as ActivityPub has it.
func (b *book) note(v *posts.View, id string, to, cc []string, others map[ids.ID]*profiles.Account) thing {
	note := thing{"id": id, "type": "Note", "url": b.BaseURL + "/@" + b.me.Username + "/" + v.ID.String(), "attributedTo": b.person(b.me.Username),
		"published": stamp(v.CreatedAt), "to": to, "cc": cc, "sensitive": v.Sensitive, "content": v.Content,
		"source": thing{"content": v.Text, "mediaType": "text/plain"}, "summary": nil, "inReplyTo": nil}
	if v.Spoiler != "" {
		note["summary"] = v.Spoiler
	}
	if !v.EditedAt.IsZero() {
		note["updated"] = stamp(v.EditedAt)
	}
	if v.Language != "" {
		note["contentMap"] = thing{v.Language: v.Content}
	}
	if to := others[v.InReplyToAccountID]; to != nil {
		note["inReplyTo"] = b.person(to.Username) + "/statuses/" + v.InReplyToID.String()
	}
	attachments, tags := []thing{}, []thing{}
	for _, m := range v.Media {
		attachments = append(attachments, thing{"type": "Document", "mediaType": mediaType(m.Original.Key), "url": mediaName(m) + path.Ext(m.Original.Key), "name": m.Description,
			"blurhash": m.Blurhash, "focalPoint": []float64{m.FocusX, m.FocusY}, "width": m.Original.Width, "height": m.Original.Height})
	}
	for _, m := range v.Mentions {
		tags = append(tags, thing{"type": "Mention", "href": b.BaseURL + "/@" + m.Acct, "name": "@" + m.Acct})
	}
	for _, name := range v.Tags {
		tags = append(tags, thing{"type": "Hashtag", "href": b.BaseURL + "/tags/" + name, "name": "#" + name})
	}
	note["attachment"], note["tag"] = attachments, tags
	if v.Poll != nil {
		b.question(note, v.Poll)
	}
	return note
}

// question makes a note with a poll of a note.
func (b *book) question(note thing, p *posts.Poll) {
	options := make([]thing, len(p.Options))
	for i, o := range p.Options {
		options[i] = thing{"type": "Note", "name": o.Title, "replies": thing{"type": "Collection", "totalItems": o.Votes}}
	}
	kind := "oneOf"
	if p.Multiple {
		kind = "anyOf"
	}
	note["type"], note[kind], note["votersCount"] = "Question", options, p.Voters
	if !p.Expires.IsZero() {
		note["endTime"] = stamp(p.Expires)
	}
}

// mediaName returns where a picture of a post is in the archive, without its
// extension.
func mediaName(m posts.Media) string { return "media_attachments/files/" + m.ID.String() }

// media writes the pictures of posts.
func (b *book) media() error {
	return b.written(func(v *posts.View, _ map[ids.ID]*profiles.Account) error {
		for _, m := range v.Media {
			if err := b.hold(); err != nil {
				return err
			}
			if err := b.copy(b.Media, m.Original.Key, mediaName(m)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *book) likes() error {
	return b.collection("likes.json", func(add func(any) error) error {
		return b.Service.kept(b.ctx, b.me.ID, b.Posts.Favourites, func(uri string) error { return add(uri) })
	})
}

func (b *book) bookmarked() error {
	return b.collection("bookmarks.json", func(add func(any) error) error {
		return b.Service.kept(b.ctx, b.me.ID, b.Posts.Bookmarks, func(uri string) error { return add(uri) })
	})
}

// csvFiles writes the lists.
func (b *book) csvFiles() error {
	for _, l := range AllLists() {
		w, err := b.create(l.FileName(), zip.Deflate)
		if err != nil {
			return err
		}
		if err := b.WriteList(b.ctx, b.me.ID, l, w); err != nil {
			return err
		}
	}
	return nil
}

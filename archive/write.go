package archive

import (
	"archive/zip"
	"context"
	"encoding/json"
	"io"
	"path"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// book is an archive that is being written, one file after the other.
type book struct {
	*Service
	ctx  context.Context
	me   *profiles.Account
	zip  *zip.Writer
	hold func() error // called before each part that is read: still at it
}

// write writes the archive of an account: first what other programs understand,
// in the form in which Mastodon's archives have it, then all else.
func (s *Service) write(ctx context.Context, account ids.ID, to io.Writer, hold func() error) error {
	me, err := s.Profiles.Account(ctx, account)
	if err != nil {
		return err
	}
	b := &book{Service: s, ctx: ctx, me: me, zip: zip.NewWriter(to), hold: hold}
	for _, part := range []func() error{b.readme, b.actor, b.outbox, b.likes, b.bookmarked, b.csvFiles, b.account, b.settings, b.people, b.keeps, b.votes, b.edits,
		b.told, b.house, b.practised, b.pictures, b.media} {
		if err := hold(); err != nil {
			return err
		}
		if err := part(); err != nil {
			return err
		}
	}
	return b.zip.Close()
}

// create begins a file.
func (b *book) create(name string, method uint16) (io.Writer, error) {
	return b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: b.Now().UTC()})
}

const readme = `This is all that %s holds about you.

actor.json, outbox.json, likes.json, bookmarks.json
    Your profile, posts, favourites and bookmarks, as ActivityPub has them.
media_attachments/, avatar, header
    The pictures of your posts and of your profile.
*.csv
    Whom you follow, block and mute, your lists: other servers can import these.
account.json
    Your user: address, role, sessions, apps, archives.
settings.json, filters.json, lists.json, tags.json, scheduled.json, votes.json, edits.json, conversations.json
    What you have decided, keep and have changed.
people.json, notes.json, collections.json
    Requests, recommendations and your own notes about people.
notifications.json, moderation.json, announcements.json
    What you were told, and what you have told the moderators.
practice/
    How you have prepared for interviews: plan, sessions, answers, what you found in them, when cards return, your stories, your receipts, your part in mock interviews, and your recordings.

Times are in UTC. Ids are those of the server's API.
`

// object writes a file with one JSON value.
func (b *book) object(name string, v any) error {
	w, err := b.create(name, zip.Deflate)
	if err != nil {
		return err
	}
	e := encoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// encoder returns a JSON encoder that leaves HTML as it is: a file is no page.
func encoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// array writes a file with a JSON array, whose items each hands to add.
func (b *book) array(name string, each func(add func(v any) error) error) error {
	w, err := b.create(name, zip.Deflate)
	if err != nil {
		return err
	}
	_, err = items(w, each)
	return err
}

// items writes a JSON array to w and counts its items.
func items(w io.Writer, each func(add func(v any) error) error) (n int, err error) {
	if _, err := io.WriteString(w, "["); err != nil {
		return 0, err
	}
	e := encoder(w)
	err = each(func(v any) error {
		if n > 0 {
			if _, err := io.WriteString(w, ","); err != nil {
				return err
			}
		}
		n++
		return e.Encode(v)
	})
	if err == nil {
		_, err = io.WriteString(w, "]")
	}
	return n, err
}

// collection writes a file with an ordered collection of ActivityPub.
func (b *book) collection(name string, each func(add func(v any) error) error) error {
	w, err := b.create(name, zip.Deflate)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, `{"@context":"https://www.w3.org/ns/activitystreams","id":"`+name+`","type":"OrderedCollection","orderedItems":`); err != nil {
		return err
	}
	n, err := items(w, each)
	if err != nil {
		return err
	}
	rest, err := json.Marshal(struct {
		Total int `json:"totalItems"`
	}{n})
	if err != nil {
		return err
	}
	_, err = w.Write(append([]byte(","), rest[1:]...))
	return err
}

// copy writes a blob as a file; one that is missing is left out.
func (b *book) copy(store *blob.Store, key, name string) (err error) {
	f, _, err := store.Open(b.ctx, key)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	w, err := b.create(name+path.Ext(key), zip.Store) // pictures do not get smaller
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

func (b *book) pictures() error {
	for name, key := range map[string]string{"avatar": b.me.Avatar, "header": b.me.Header} {
		if key == "" {
			continue
		}
		if err := b.copy(b.Pictures, key, name); err != nil {
			return err
		}
	}
	return nil
}

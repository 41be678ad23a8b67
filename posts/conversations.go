package posts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Conversation is the direct posts of a thread among the same people, as one of
// them sees it.
type Conversation struct {
	ID     ids.ID
	Unread bool
	Last   *View    // its newest post
	People []ids.ID // who takes part besides the viewer; the viewer if nobody does
}

// conversationRow is a row of posts_conversations.
type conversationRow struct {
	id, last ids.ID
	unread   bool
}

func scanConversation(r *conversationRow) []any { return []any{&r.id, &r.last, &r.unread} }

const conversationColumns = "id, last_id, unread"

// Conversations lists a viewer's conversations, the one with the newest post
// first; their cursors are these posts. Those with somebody whom the viewer
// blocks are left out.
func (s *Service) Conversations(ctx context.Context, by ids.ID, p page.Page) ([]Conversation, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	return collect(p, func(q page.Page) ([]keyed[conversationRow], error) {
		end, args := q.SQL("last_id", []any{by})
		return db.All(ctx, s.DB, func(k *keyed[conversationRow]) []any { return append([]any{&k.of}, scanConversation(&k.value)...) },
			"SELECT last_id, "+conversationColumns+" FROM posts_conversations WHERE account_id = $1"+end, args...)
	}, func(rows []keyed[conversationRow]) ([]Conversation, error) {
		plain := make([]conversationRow, len(rows))
		for i, r := range rows {
			plain[i] = r.value
		}
		return s.conversations(ctx, v, plain)
	})
}

// unreadMost is up to how many unread conversations are counted.
const unreadMost = 200

// UnreadConversations counts the viewer's conversations with posts that they
// have not read, up to 200.
func (s *Service) UnreadConversations(ctx context.Context, by ids.ID) (int, error) {
	unread, err := db.All(ctx, s.DB, scanConversation,
		"SELECT "+conversationColumns+" FROM posts_conversations WHERE account_id = $1 AND unread ORDER BY last_id DESC LIMIT $2", by, unreadMost)
	if err != nil || len(unread) == 0 {
		return 0, err
	}
	v, err := s.viewer(ctx, by)
	if err != nil {
		return 0, err
	}
	shown, err := s.conversations(ctx, v, unread)
	return len(shown), err
}

// conversations shows a viewer's conversations, in their order, without those
// that they may not see.
func (s *Service) conversations(ctx context.Context, v *viewer, rows []conversationRow) ([]Conversation, error) {
	want := make([]ids.ID, len(rows))
	for i, r := range rows {
		want[i] = r.last
	}
	views, err := s.views(ctx, v, want, func(v *viewer, p, _ *Post) bool {
		return !v.graph.Blocking[p.AccountID] && !slices.ContainsFunc(p.Mentions, func(m Mention) bool { return v.graph.Blocking[m.AccountID] })
	})
	if err != nil {
		return nil, err
	}
	out := make([]Conversation, 0, len(views))
	for _, r := range rows {
		if len(views) > 0 && views[0].ID == r.last {
			out = append(out, Conversation{ID: r.id, Unread: r.unread, Last: views[0], People: partners(v.id, views[0].Post)})
			views = views[1:]
		}
	}
	return out, nil
}

// partners returns who takes part in a direct post besides an account; the
// account itself if nobody does.
func partners(account ids.ID, p *Post) []ids.ID {
	people := slices.DeleteFunc(participants(p), func(id ids.ID) bool { return id == account })
	if len(people) == 0 {
		people = append(people, account)
	}
	return people
}

// participants returns the author of a post and those whom it mentions, each once.
func participants(p *Post) []ids.ID {
	people := []ids.ID{p.AccountID}
	for _, m := range p.Mentions {
		if m.AccountID != p.AccountID {
			people = append(people, m.AccountID)
		}
	}
	return people
}

// ConversationOf returns the viewer's conversation that a direct post belongs
// to. Returns NotFound if there is none.
func (s *Service) ConversationOf(ctx context.Context, by, post ids.ID) (*Conversation, error) {
	id, err := db.Value[ids.ID](ctx, s.DB, "SELECT conversation_id FROM posts_directs WHERE account_id = $1 AND post_id = $2 AND conversation_id <> 0", by, post)
	if err != nil {
		return nil, err
	}
	return s.conversation(ctx, by, id)
}

func (s *Service) conversation(ctx context.Context, by, id ids.ID) (*Conversation, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	rows, err := db.All(ctx, s.DB, scanConversation, "SELECT "+conversationColumns+" FROM posts_conversations WHERE id = $1 AND account_id = $2", id, by)
	if err != nil {
		return nil, err
	}
	found, err := s.conversations(ctx, v, rows)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errs.NotFoundRecord()
	}
	return &found[0], nil
}

// MarkConversation makes a conversation read or unread, and returns it. Returns
// NotFound if it is not the viewer's.
func (s *Service) MarkConversation(ctx context.Context, by, id ids.ID, unread bool) (*Conversation, error) {
	err := s.write(ctx, func(tx *db.Tx) error {
		changed, err := db.All(ctx, tx, scanConversation, "UPDATE posts_conversations SET unread = $3 WHERE id = $1 AND account_id = $2 AND unread <> $3 RETURNING "+conversationColumns, id, by, unread)
		if err != nil || len(changed) == 0 { // as it was already, or not there
			return err
		}
		_, err = s.outbox.Add(ctx, tx, ConversationChanged{ID: id, AccountID: by, LastID: changed[0].last, Unread: unread})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.conversation(ctx, by, id)
}

// DeleteConversation takes a conversation out of the viewer's list. Its posts
// stay, and a new one makes another conversation. Returns NotFound if it is not
// the viewer's.
func (s *Service) DeleteConversation(ctx context.Context, by, id ids.ID) error {
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM posts_conversations WHERE id = $1 AND account_id = $2", id, by)
		if err != nil || n == 0 {
			return notFound(err)
		}
		_, err = db.Exec(ctx, tx, "UPDATE posts_directs SET conversation_id = 0 WHERE conversation_id = $1 AND conversation_id <> 0", id)
		return err
	})
}

// DirectTimeline returns the direct posts that the viewer has written or is
// mentioned in.
func (s *Service) DirectTimeline(ctx context.Context, by ids.ID, p page.Page) ([]*View, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	return s.fill(ctx, v, p, whole(s.list("SELECT post_id FROM posts_directs WHERE account_id = $1", "post_id", by)), func(v *viewer, p, _ *Post) bool {
		return p.AccountID == v.id || !v.hides(p, nil)
	})
}

// listeners returns those participants of a direct post who do not hide its
// author: it is in their conversations.
func (s *Service) listeners(ctx context.Context, p *Post) ([]ids.ID, error) {
	if p.Visibility != Direct {
		return nil, nil
	}
	list := []ids.ID{p.AccountID}
	now := s.Now()
	for _, id := range participants(p)[1:] {
		g, err := s.Profiles.Graph(ctx, id)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !g.Hides(p.AccountID, now) {
			list = append(list, id)
		}
	}
	return list, nil
}

// join puts a direct post into the conversations of the listeners, to all of
// whom but the author it is new.
func (s *Service) join(ctx context.Context, tx *db.Tx, p *Post, listeners []ids.ID) error {
	people := peopleOf(p)
	for _, id := range listeners {
		// A retried transaction takes another id.
		conversation, err := db.Value[ids.ID](ctx, tx, `INSERT INTO posts_conversations (id, account_id, thread_id, people, last_id, unread) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (account_id, thread_id, people) DO UPDATE SET unread = excluded.unread,
			last_id = CASE WHEN posts_conversations.last_id < excluded.last_id THEN excluded.last_id ELSE posts_conversations.last_id END RETURNING id`,
			s.IDs.New(id), id, p.ThreadID, people, p.ID, id != p.AccountID)
		if err != nil {
			return err
		}
		if _, err := db.Exec(ctx, tx, `INSERT INTO posts_directs (account_id, post_id, conversation_id) VALUES ($1, $2, $3)
			ON CONFLICT (account_id, post_id) DO UPDATE SET conversation_id = excluded.conversation_id`, id, p.ID, conversation); err != nil {
			return err
		}
	}
	return nil
}

// leave takes a direct post out of all conversations. Those that had no other
// one are gone.
func (s *Service) leave(ctx context.Context, tx *db.Tx, p *Post) error {
	if p.Visibility != Direct {
		return nil
	}
	left, err := db.Values[ids.ID](ctx, tx, "DELETE FROM posts_directs WHERE post_id = $1 RETURNING conversation_id", p.ID)
	if err != nil {
		return err
	}
	for _, id := range left {
		if id == 0 {
			continue
		}
		changed, err := db.All(ctx, tx, func(c *ConversationChanged) []any { return []any{&c.ID, &c.AccountID, &c.LastID, &c.Unread} },
			`UPDATE posts_conversations SET last_id = COALESCE((SELECT MAX(post_id) FROM posts_directs
			WHERE conversation_id = $1 AND conversation_id <> 0), 0) WHERE id = $1 AND last_id = $2 RETURNING id, account_id, last_id, unread`, id, p.ID)
		if err != nil {
			return err
		}
		for _, c := range changed {
			if c.LastID == 0 {
				_, err = db.Exec(ctx, tx, "DELETE FROM posts_conversations WHERE id = $1 AND last_id = 0", id)
			} else {
				_, err = s.outbox.Add(ctx, tx, c)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// peopleOf returns a digest of who takes part in a direct post.
func peopleOf(p *Post) string {
	people := participants(p)
	slices.Sort(people)
	h := sha256.New()
	for _, id := range people {
		h.Write([]byte(id.String() + " ")) // never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

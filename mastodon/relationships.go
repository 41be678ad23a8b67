package mastodon

import (
	"context"
	"net/http"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// relationshipEntity is Relationship of the API.
type relationshipEntity struct {
	ID                  ids.ID   `json:"id"`
	Following           bool     `json:"following"`
	ShowingReblogs      bool     `json:"showing_reblogs"`
	Notifying           bool     `json:"notifying"`
	Languages           []string `json:"languages" schema:"nullable"`
	FollowedBy          bool     `json:"followed_by"`
	Blocking            bool     `json:"blocking"`
	BlockedBy           bool     `json:"blocked_by"`
	Muting              bool     `json:"muting"`
	MutingNotifications bool     `json:"muting_notifications"`
	MutingExpiresAt     *string  `json:"muting_expires_at"`
	Requested           bool     `json:"requested"`
	RequestedBy         bool     `json:"requested_by"`
	DomainBlocking      bool     `json:"domain_blocking"`
	Endorsed            bool     `json:"endorsed"`
	Note                string   `json:"note"`
}

func relationship(r *profiles.Relationship) relationshipEntity {
	return relationshipEntity{
		ID: r.ID, Following: r.Following, ShowingReblogs: r.Boosts, Notifying: r.Notify, Languages: r.Languages,
		FollowedBy: r.FollowedBy, Blocking: r.Blocking, BlockedBy: r.BlockedBy, Muting: r.Muting,
		MutingNotifications: r.MutingNotifications, MutingExpiresAt: timestamp(r.MuteUntil),
		Requested: r.Requested, RequestedBy: r.RequestedBy, Endorsed: r.Endorsed, Note: r.Note,
	}
}

func (s *server) relationships(c *Call) error {
	found, err := s.Profiles.Relationships(c.R.Context(), c.Viewer(), c.IDs("id", accountsPage))
	if err != nil {
		return err
	}
	list := make([]relationshipEntity, len(found))
	for i := range found {
		list[i] = relationship(&found[i])
	}
	return c.JSON(http.StatusOK, list)
}

// relate answers with what a change has made of the relationship between the
// viewer and the account in the path.
func (s *server) relate(c *Call, change func(ctx context.Context, me, other ids.ID) (*profiles.Relationship, error)) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	r, err := change(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, relationship(r))
}

// followParams say what of somebody is wanted.
type followParams struct {
	Boosts    *bool     `param:"reblogs"`
	Notify    *bool     `param:"notify"`
	Languages *[]string `param:"languages"` // none: all
}

func (s *server) follow(c *Call) error {
	var in followParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	return s.relate(c, func(ctx context.Context, me, other ids.ID) (*profiles.Relationship, error) {
		return s.Profiles.Follow(ctx, me, other, profiles.FollowOptions{Boosts: in.Boosts, Notify: in.Notify, Languages: in.Languages})
	})
}

// muteParams say what of somebody is not wanted, and how long.
type muteParams struct {
	Notifications bool  `param:"notifications"`
	Duration      int64 `param:"duration"` // seconds; 0: for good
}

func (s *server) mute(c *Call) error {
	in := muteParams{Notifications: true}
	if err := c.Decode(&in); err != nil {
		return err
	}
	const most = 100 * 365 * 24 * 3600
	if in.Duration > most {
		return errs.New(errs.Invalid, "Validation failed: duration is too long")
	}
	return s.relate(c, func(ctx context.Context, me, other ids.ID) (*profiles.Relationship, error) {
		return s.Profiles.Mute(ctx, me, other, in.Notifications, time.Duration(in.Duration)*time.Second)
	})
}

// noteParams are a note about somebody.
type noteParams struct {
	Comment string `param:"comment"`
}

func (s *server) setNote(c *Call) error {
	var in noteParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	return s.relate(c, func(ctx context.Context, me, other ids.ID) (*profiles.Relationship, error) {
		return s.Profiles.SetNote(ctx, me, other, in.Comment)
	})
}

func (s *server) unfollow(c *Call) error         { return s.relate(c, s.Profiles.Unfollow) }
func (s *server) removeFollower(c *Call) error   { return s.relate(c, s.Profiles.RemoveFollower) }
func (s *server) block(c *Call) error            { return s.relate(c, s.Profiles.Block) }
func (s *server) unblock(c *Call) error          { return s.relate(c, s.Profiles.Unblock) }
func (s *server) unmute(c *Call) error           { return s.relate(c, s.Profiles.Unmute) }
func (s *server) authorizeRequest(c *Call) error { return s.relate(c, s.Profiles.AuthorizeRequest) }
func (s *server) rejectRequest(c *Call) error    { return s.relate(c, s.Profiles.RejectRequest) }

package moderation

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// textMax bounds what a moderator writes to an account, in characters.
const textMax = 5000

// Measure is what a moderator does about an account.
type Measure struct {
	Action   Action
	Text     string // to the account
	ReportID ids.ID // what led to it, 0: no report
	Mail     bool   // tell them by mail too
}

// What takes actions back, or decides about who waits. They stand in the log.
const (
	undoDisable  = "enable"
	undoMarked   = "unsensitive"
	undoSilenced = "unsilence"
	undoClosed   = "unsuspend"
	approve      = "approve"
	reject       = "reject"
)

// Act does something about an account, warns it, and deals with the report that
// led to it: with a mere warning that one, else all about the account. Returns
// NotFound if there is no such account or report; Forbidden for accounts of the
// same or a higher rank; Invalid for an unknown action.
func (s *Service) Act(ctx context.Context, by Actor, account ids.ID, m Measure) error {
	if !m.Action.valid() {
		return invalid("type", "ERR_INCLUSION", "is not one of none, sensitive, disable, silence, suspend")
	}
	if m.Text = strings.TrimSpace(m.Text); utf8.RuneCountInString(m.Text) > textMax {
		return invalid("text", "ERR_TOO_LONG", "is too long (maximum is 5000 characters)")
	}
	name, err := s.actOn(ctx, by, account)
	if err != nil {
		return err
	}
	w := Warning{AccountID: account, ActorID: by.ID, Action: m.Action, Text: m.Text, ReportID: m.ReportID}
	if m.ReportID != 0 {
		r, err := s.ReportByID(ctx, m.ReportID)
		if err != nil {
			return err
		}
		if r.TargetID != account {
			return errs.NotFoundRecord()
		}
		w.StatusIDs = r.StatusIDs
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		w.ID = s.IDs.Global()
		if err := s.insertWarning(ctx, tx, &w, m.Mail); err != nil {
			return err
		}
		if err := s.settle(ctx, tx, by, &w); err != nil {
			return err
		}
		return s.decide(ctx, tx, by, account, name, string(m.Action), m.Text)
	})
	if err != nil || m.Action == None {
		return err
	}
	return s.apply(ctx, account, string(m.Action))
}

// settle resolves in tx the reports that an action deals with.
func (s *Service) settle(ctx context.Context, tx *db.Tx, by Actor, w *Warning) error {
	now := s.Now().UnixMilli()
	const set = "UPDATE moderation_reports SET resolved_id = $2, resolved_at = $3, updated_at = $3 WHERE resolved_at = 0 AND "
	if w.Action == None {
		if w.ReportID == 0 {
			return nil
		}
		_, err := db.Exec(ctx, tx, set+"id = $1", w.ReportID, by.ID, now)
		return err
	}
	_, err := db.Exec(ctx, tx, set+"target_id = $1", w.AccountID, by.ID, now)
	return err
}

// Undo takes an action back: Disabled, Marked, Silenced or Closed. Errors are
// those of Act, and Forbidden for an account whose data are being erased.
func (s *Service) Undo(ctx context.Context, by Actor, account ids.ID, a Action) error {
	word, ok := map[Action]string{Disabled: undoDisable, Marked: undoMarked, Silenced: undoSilenced, Closed: undoClosed}[a]
	if !ok {
		return invalid("type", "ERR_INCLUSION", "cannot be taken back")
	}
	if a == Closed {
		if erasing, err := s.erasing(ctx, account); err != nil {
			return err
		} else if erasing {
			return errs.New(errs.Forbidden, "The account's data are being erased")
		}
	}
	return s.settleMember(ctx, by, account, word)
}

// Approve lets somebody in who waits for it; somebody who is in is no error.
// Errors are those of Act.
func (s *Service) Approve(ctx context.Context, by Actor, account ids.ID) error {
	return s.settleMember(ctx, by, account, approve)
}

// Reject sends somebody away who waits to be let in: user and account are gone.
// Errors are those of Act, and Forbidden for who is in already.
func (s *Service) Reject(ctx context.Context, by Actor, account ids.ID) error {
	u, err := s.Identity.User(ctx, account)
	if err != nil {
		return err
	}
	if u.Approved {
		return notAllowed()
	}
	return s.settleMember(ctx, by, account, reject)
}

// SetRole gives a member another role, below the actor's own. Returns NotFound
// if there is no such account; Forbidden for accounts and roles of the same or a
// higher rank, and for who may not decide about access; Invalid for an unknown
// role.
func (s *Service) SetRole(ctx context.Context, by Actor, account ids.ID, role identity.Role) error {
	if err := by.may(identity.ManageUserAccess); err != nil {
		return err
	}
	if role != identity.RoleUser && role.Rank() == 0 {
		return invalid("role", "ERR_INCLUSION", "is not a role")
	}
	name, err := s.actOn(ctx, by, account)
	if err != nil {
		return err
	}
	if by.ID != 0 && role.Rank() >= by.Role.Rank() {
		return notAllowed()
	}
	err = s.Record(ctx, by, Entry{Action: "change_role", Kind: "account", TargetID: account, Target: name, Details: string(role)})
	if err != nil {
		return err
	}
	return s.Identity.SetRole(ctx, account, role)
}

// settleMember logs something that is done about an account, and does it.
func (s *Service) settleMember(ctx context.Context, by Actor, account ids.ID, word string) error {
	name, err := s.actOn(ctx, by, account)
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx *db.Tx) error { return s.decide(ctx, tx, by, account, name, word, "") })
	if err != nil {
		return err
	}
	return s.apply(ctx, account, word)
}

// actOn returns the name of an account if the actor outranks it.
func (s *Service) actOn(ctx context.Context, by Actor, account ids.ID) (string, error) {
	u, err := s.Identity.User(ctx, account)
	if err != nil {
		return "", err
	}
	if by.ID != 0 && u.Role.Rank() >= by.Role.Rank() {
		return "", notAllowed()
	}
	return u.Username, nil
}

func notAllowed() error { return errs.New(errs.Forbidden, "This action is not allowed") }

// decide records in tx what is to be of an account, for apply.
func (s *Service) decide(ctx context.Context, tx *db.Tx, by Actor, account ids.ID, name, word, details string) error {
	if err := s.record(ctx, tx, by, Entry{Action: word, Kind: "account", TargetID: account, Target: name, Details: details}); err != nil {
		return err
	}
	_, err := s.outbox.Add(ctx, tx, Acted{AccountID: account, Action: word})
	return err
}

// apply makes the other rooms do what the log says last about an action and what
// takes it back. It is called right after the decision, and once more by a
// consumer, in case the program ended in between.
func (s *Service) apply(ctx context.Context, account ids.ID, word string) error {
	pairs := map[string][2]string{string(Disabled): {string(Disabled), undoDisable}, string(Marked): {string(Marked), undoMarked},
		string(Silenced): {string(Silenced), undoSilenced}, string(Closed): {string(Closed), undoClosed}}
	for _, p := range pairs {
		pairs[p[1]] = p
	}
	pair, ok := pairs[word]
	if !ok {
		return s.admit(ctx, account, word)
	}
	last, err := db.Value[string](ctx, s.DB, `SELECT action FROM moderation_log WHERE kind = 'account' AND target_id = $1 AND action IN ($2, $3)
		ORDER BY id DESC LIMIT 1`, account, pair[0], pair[1])
	if err != nil {
		return err
	}
	on := last == pair[0]
	switch Action(pair[0]) {
	case Disabled:
		return s.Identity.Disable(ctx, account, on)
	case Marked:
		return s.Profiles.SetState(ctx, account, profiles.Sensitized, on)
	case Silenced:
		return s.Profiles.SetState(ctx, account, profiles.Silenced, on)
	}
	if err := s.Identity.Suspend(ctx, account, on); err != nil {
		return err
	}
	return s.Profiles.SetState(ctx, account, profiles.Suspended, on)
}

// admit lets in, or sends away, who waits for it.
func (s *Service) admit(ctx context.Context, account ids.ID, word string) error {
	switch word {
	case approve:
		return s.Identity.Approve(ctx, account)
	case reject:
		if err := s.Identity.Reject(ctx, account); err != nil {
			return err
		}
		return s.Profiles.Erase(ctx, account)
	}
	return nil
}

// may returns Forbidden unless the actor's role allows something.
func (a Actor) may(p identity.Permissions) error {
	if a.ID != 0 && !a.Role.May(p) {
		return notAllowed()
	}
	return nil
}

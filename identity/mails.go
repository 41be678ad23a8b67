package identity

import (
	"cmp"
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/words"
)

// The kinds of links that are sent by mail. Those after the empty line open
// nothing: their rows remember that the mail was sent, for longer than the event
// can come again.
const (
	linkConfirm = "confirm"
	linkReset   = "reset"
	linkEmail   = "email"

	linkApproved = "approved"
	linkNotice   = "email_notice"
	linkExport   = "export"

	approvedTTL = 96 * time.Hour
)

// The pages that mails lead to; those of links have their secret in "token".
const (
	ConfirmPath = "/auth/confirmation"
	ResetPath   = "/auth/password/edit"
	SignInPath  = "/auth/sign_in"
	ExportPath  = "/settings/export"
	AccountPath = "/settings/account"
	AboutPath   = "/about"
)

// sendMails makes the links that were asked for and sends them. An event that
// comes twice sends one mail, unless the first try ended between the sending
// and its record.
func (s *Service) sendMails(ctx context.Context, events []bus.Event) error {
	for _, e := range events {
		if err := s.sendMail(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sendMail(ctx context.Context, e bus.Event) error {
	switch e.Kind {
	case Left{}.Kind():
		return s.sendFarewell(ctx, e)
	case EmailChanged{}.Kind():
		return s.sendEmailChanged(ctx, e)
	}
	about, err := bus.Decode[struct {
		UserID ids.ID `json:"user_id"`
		Locale string `json:"locale"`
	}](e)
	if err != nil || about.UserID == 0 {
		return err
	}
	row, err := s.userRow(ctx, s.db, about.UserID)
	if errs.Is(err, errs.NotFound) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	u, err := s.open(&row)
	if err != nil {
		return err
	}
	u.Locale = cmp.Or(about.Locale, u.Locale)
	switch e.Kind {
	case ConfirmationRequested{}.Kind():
		if u.Confirmed {
			return nil
		}
		return s.sendLink(ctx, e, u, linkConfirm, s.cfg.ConfirmTTL, s.confirmMail)
	case ResetRequested{}.Kind():
		return s.sendLink(ctx, e, u, linkReset, s.cfg.ResetTTL, s.resetMail)
	case EmailChangeRequested{}.Kind():
		return s.sendEmailLinks(ctx, e, u)
	case ExportReady{}.Kind():
		return s.sendLink(ctx, e, u, linkExport, approvedTTL, s.exportMail)
	}
	return s.sendLink(ctx, e, u, linkApproved, approvedTTL, s.approvedMail)
}

// sendLink makes a new link, which ends the one before it, and sends it.
func (s *Service) sendLink(ctx context.Context, e bus.Event, u *User, kind string, ttl time.Duration,
	compose func(w *words.Catalogue, u *User, secret string, ttl time.Duration) mail.Message) error {
	until := e.At().Add(ttl)
	if !until.After(s.now()) {
		return nil // nobody waits for it any more
	}
	secret := newSecret()
	hash := hashSecret(secret)
	// No row comes back if a later event has made the link, or this one has
	// been dealt with.
	made, err := db.Exec(ctx, s.db, `INSERT INTO identity_links (user_id, kind, hash, event_id, sent, expires_at)
		VALUES ($1, $2, $3, $4, FALSE, $5)
		ON CONFLICT (user_id, kind) DO UPDATE SET hash = excluded.hash, event_id = excluded.event_id, sent = FALSE,
			expires_at = excluded.expires_at
		WHERE identity_links.event_id < excluded.event_id OR (identity_links.event_id = excluded.event_id AND NOT identity_links.sent)`,
		u.ID, kind, hash[:], e.ID, until.UnixMilli())
	if err != nil || made == 0 {
		return err
	}
	if err := s.send(ctx, u, compose(s.words.Of(u.Locale), u, secret, ttl)); err != nil {
		return err
	}
	_, err = db.Exec(ctx, s.db, "UPDATE identity_links SET sent = TRUE WHERE user_id = $1 AND kind = $2 AND event_id = $3", u.ID, kind, e.ID)
	return err
}

// send sends a mail to a user. An address that the mail server refuses for good
// is logged and done with: trying again is no use.
func (s *Service) send(ctx context.Context, u *User, m mail.Message) error {
	m.To = u.Email
	err := s.mail.Send(ctx, m)
	if errs.Is(err, errs.Invalid) {
		s.log.WarnContext(ctx, "mail refused", "user", u.ID, "error", err)
		return nil
	}
	return err
}

func (s *Service) confirmMail(w *words.Catalogue, u *User, secret string, ttl time.Duration) mail.Message {
	return mail.Message{Subject: w.Text("Confirm your e-mail address for %s", s.cfg.Title),
		Text: w.Text("Hello %s,\n\nwelcome to %s. Please confirm that this address is yours:\n\n%s\n\n"+
			"The link is good for %s. If you did not sign up, ignore this mail.\n",
			u.Username, s.cfg.Title, s.link(ConfirmPath, secret), span(w, ttl))}
}

func (s *Service) resetMail(w *words.Catalogue, u *User, secret string, ttl time.Duration) mail.Message {
	return mail.Message{Subject: w.Text("Set a new password for %s", s.cfg.Title),
		Text: w.Text("Hello %s,\n\nsomebody, hopefully you, asked for a new password on %s. Choose one here:\n\n%s\n\n"+
			"The link is good for %s and works once. If you did not ask, ignore this mail: your password stays as it is.\n",
			u.Username, s.cfg.Title, s.link(ResetPath, secret), span(w, ttl))}
}

func (s *Service) approvedMail(w *words.Catalogue, u *User, _ string, _ time.Duration) mail.Message {
	return mail.Message{Subject: w.Text("Welcome to %s", s.cfg.Title),
		Text: w.Text("Hello %s,\n\nyour registration on %s has been approved. You can sign in now:\n\n%s\n",
			u.Username, s.cfg.Title, s.cfg.BaseURL+SignInPath)}
}

// link is the address of a page that does what a link's secret allows.
func (s *Service) link(page, secret string) string { return s.cfg.BaseURL + page + "?token=" + secret }

// span says a duration in words.
func span(w *words.Catalogue, d time.Duration) string {
	if hours := int(d.Hours()); hours > 0 {
		return w.Count(hours, "%s hour|%s hours")
	}
	return w.Count(int(d.Minutes()), "%s minute|%s minutes")
}

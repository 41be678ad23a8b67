package identity

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/words"
)

// sendEmailLinks sends a link to the address that a user wants to have, and a
// notice to the one that they have.
func (s *Service) sendEmailLinks(ctx context.Context, e bus.Event, u *User) error {
	wanted, err := s.PendingEmail(ctx, u.ID)
	if err != nil || wanted == "" {
		return err // confirmed or canceled meanwhile
	}
	there := *u
	there.Email = wanted
	if err := s.sendLink(ctx, e, &there, linkEmail, s.cfg.ConfirmTTL, s.emailMail); err != nil {
		return err
	}
	return s.sendLink(ctx, e, u, linkNotice, approvedTTL, s.noticeMail)
}

func (s *Service) emailMail(w *words.Catalogue, u *User, secret string, ttl time.Duration) mail.Message {
	return mail.Message{Subject: w.Text("Confirm your new e-mail address for %s", s.cfg.Title),
		Text: w.Text("Hello %s,\n\nyou want to use this address on %s. Please confirm that it is yours:\n\n%s\n\n"+
			"The link is good for %s. If you did not ask for this, ignore this mail: nothing changes.\n",
			u.Username, s.cfg.Title, s.link(ConfirmPath, secret), span(w, ttl))}
}

func (s *Service) noticeMail(w *words.Catalogue, u *User, _ string, _ time.Duration) mail.Message {
	return mail.Message{Subject: w.Text("Your e-mail address on %s is about to change", s.cfg.Title),
		Text: w.Text("Hello %s,\n\nsomebody who knows your password asked for another e-mail address of your account on %s. It changes when the new address is confirmed.\n\n"+
			"If that was not you, choose a new password at once, which also calls the change off:\n\n%s\n",
			u.Username, s.cfg.Title, s.cfg.BaseURL+AccountPath)}
}

func (s *Service) exportMail(w *words.Catalogue, u *User, _ string, _ time.Duration) mail.Message {
	return mail.Message{Subject: w.Text("Your archive from %s is ready", s.cfg.Title),
		Text: w.Text("Hello %s,\n\nthe archive that you asked for on %s is ready. Sign in to download it; it is kept for a week:\n\n%s\n\n"+
			"If you did not ask for it, change your password.\n",
			u.Username, s.cfg.Title, s.cfg.BaseURL+ExportPath)}
}

// sendEmailChanged tells the address that a user had. An event that comes twice
// sends two mails.
func (s *Service) sendEmailChanged(ctx context.Context, e bus.Event) error {
	c, err := bus.Decode[EmailChanged](e)
	if err != nil {
		return err
	}
	u, err := s.User(ctx, c.UserID)
	if errs.Is(err, errs.NotFound) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	w := s.words.Of(u.Locale)
	return s.sendSealed(ctx, c.UserID, c.Old, mail.Message{Subject: w.Text("Your e-mail address on %s has changed", s.cfg.Title),
		Text: w.Text("Hello %s,\n\nyour account on %s has another e-mail address from now on. This one gets no more mail.\n\n"+
			"If that was not you, write to the server's moderators at once:\n\n%s\n", u.Username, s.cfg.Title, s.cfg.BaseURL+AboutPath)})
}

// sendFarewell tells who has left that they have. An event that comes twice
// sends two mails.
func (s *Service) sendFarewell(ctx context.Context, e bus.Event) error {
	l, err := bus.Decode[Left](e)
	if err != nil {
		return err
	}
	w := s.words.Of(l.Locale)
	return s.sendSealed(ctx, l.UserID, l.Email, mail.Message{Subject: w.Text("Your account on %s is deleted", s.cfg.Title),
		Text: w.Text("Hello %s,\n\nyou have deleted your account on %s. You are signed out everywhere, and all that you have written and kept there is being erased. "+
			"Nobody can take your user name. This was our last mail to you.\n\nAll the best.\n", l.Username, s.cfg.Title)})
}

// sendSealed sends a mail to an address that is sealed for a user.
func (s *Service) sendSealed(ctx context.Context, userID ids.ID, sealed []byte, m mail.Message) error {
	email, err := s.keys.Open(sealed, emailContext(userID))
	if err != nil {
		return err
	}
	return s.send(ctx, &User{ID: userID, Email: string(email)}, m)
}

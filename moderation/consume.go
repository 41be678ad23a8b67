package moderation

import (
	"context"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/words"
)

// consume finishes decisions that were cut short, of members who leave too, sends
// the mails of warnings, and logs who changes the house.
func (s *Service) consume(ctx context.Context) error {
	return s.Bus.Consume(ctx, bus.Consumer{Name: "moderation", Events: []string{"moderation.acted", "moderation.warned", "identity.left",
		"instance.house_changed", "instance.emoji_changed", "instance.announced", "instance.withdrawn"},
		Handle: func(ctx context.Context, events []bus.Event) error {
			for _, e := range events {
				if err := s.handle(ctx, e); err != nil {
					return err
				}
			}
			return nil
		}})
}

func (s *Service) handle(ctx context.Context, e bus.Event) error {
	switch e.Domain {
	case "instance":
		return s.logHouse(ctx, e)
	case "identity":
		l, err := bus.Decode[identity.Left](e)
		if err != nil {
			return err
		}
		return s.left(ctx, l.UserID, l.Username)
	}
	if e.Kind == (Warned{}).Kind() {
		w, err := bus.Decode[Warned](e)
		if err != nil || !w.Mail {
			return err
		}
		return s.sendMail(ctx, w)
	}
	a, err := bus.Decode[Acted](e)
	if err != nil {
		return err
	}
	err = s.apply(ctx, a.AccountID, a.Action)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Conflict) {
		return nil // gone, or decided otherwise meanwhile
	}
	return err
}

// sendMail tells an account of a warning, once unless the program ends between
// the sending and its record.
func (s *Service) sendMail(ctx context.Context, e Warned) error {
	waits, err := db.Values[bool](ctx, s.DB, "SELECT mail AND NOT mailed FROM moderation_warnings WHERE id = $1", e.WarningID)
	if err != nil || len(waits) == 0 || !waits[0] {
		return err
	}
	found, err := s.Warnings(ctx, []ids.ID{e.WarningID})
	if err != nil {
		return err
	}
	w := found[e.WarningID]
	err = s.Identity.Notify(ctx, w.AccountID, func(locale string) mail.Message { return mailOf(s.words.Of(locale), w) })
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	_, err = db.Exec(ctx, s.DB, "UPDATE moderation_warnings SET mailed = TRUE WHERE id = $1", e.WarningID)
	return err
}

// subjects are what the actions mean for the one who gets the mail.
var subjects = map[Action]string{
	None: "A warning from the moderators", Disabled: "Your login has been disabled", Marked: "Your media are marked as sensitive from now on",
	Silenced: "Your account has been limited", Closed: "Your account has been suspended",
}

func mailOf(w *words.Catalogue, warning *Warning) mail.Message {
	why := warning.Text
	if why == "" {
		why = w.Text("They gave no further reason.")
	}
	decided := w.Text(subjects[warning.Action])
	return mail.Message{Subject: decided,
		Text: w.Text("Hello,\n\nthis is what the moderators have decided: %s.\n\n%s\n\nIf you think that this is wrong, write to the server's contact address.\n",
			decided, why)}
}

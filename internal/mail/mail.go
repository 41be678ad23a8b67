// Package mail hands finished messages to an SMTP server, or writes them into a
// folder where no server is configured, so that a new installation shows its
// mails too. What does not belong here: the texts, whom to write to and when,
// queues and retries (a durable consumer sends again).
package mail

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/mail"
	"os"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/guildhall/guildhall/internal/errs"
)

// sendTimeout is how long one message may take, from dialing to the last answer.
const sendTimeout = 10 * time.Second

// Config says where messages go.
type Config struct {
	From string // "Guildhall <no-reply@example.org>"
	// SMTPAddr is "host:port", or "smtps://host:port" for a server that speaks
	// TLS from the first byte. Otherwise TLS is used when the server offers it.
	SMTPAddr string
	Username string // no authentication when empty; needs TLS, or a server on this machine
	Password string
	Folder   string           // where messages are written when SMTPAddr is empty
	RootCAs  *x509.CertPool   // who may sign the server's certificate; nil for the system's
	Now      func() time.Time // nil for time.Now
}

// Message is one mail. To is an address, with or without a name. HTML may be
// empty, Text may not: it is what every reader can show.
type Message struct {
	To, Subject, Text, HTML string
}

// Mailer sends messages. Its methods may be called at the same time.
type Mailer struct {
	cfg     Config
	from    *mail.Address
	deliver func(context.Context, envelope) error
	log     *slog.Logger
	written atomic.Uint64 // messages, so that the names of one instant differ
}

// envelope is a message ready for delivery.
type envelope struct {
	to   *mail.Address
	data []byte // with CRLF line ends
	text string
	at   time.Time
}

// New returns a Mailer. It returns Invalid when From is no address or there is
// neither a server nor a folder, and an error when the folder cannot be made.
// It does not dial: a mail server that is down must not keep us from starting.
func New(cfg Config, log *slog.Logger) (*Mailer, error) {
	from, err := parseAddress(cfg.From)
	if err != nil {
		return nil, errs.Wrap(errs.Invalid, "The sender's e-mail address is not valid", err)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	m := &Mailer{cfg: cfg, from: from, log: log}
	switch {
	case cfg.SMTPAddr != "":
		server, err := parseServer(cfg)
		if err != nil {
			return nil, err
		}
		m.deliver = func(ctx context.Context, e envelope) error { return server.send(ctx, from.Address, e) }
	case cfg.Folder != "":
		if err := os.MkdirAll(cfg.Folder, 0o700); err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
		m.deliver = m.write
	default:
		return nil, errs.New(errs.Invalid, "Mail needs an SMTP server or a folder")
	}
	return m, nil
}

// Send delivers one message; when it returns nil the server has taken it, or it
// is in the folder. It returns Invalid when the message cannot be sent as it is, or
// the server knows no such recipient (trying again is no use), Unavailable when the server cannot be
// reached or refuses, and the error of ctx.
func (m *Mailer) Send(ctx context.Context, msg Message) error {
	to, err := parseAddress(msg.To)
	if err != nil {
		return errs.Wrap(errs.Invalid, "The e-mail address is not valid", err)
	}
	if err := checkSubject(msg.Subject); err != nil {
		return err
	}
	if msg.Text == "" {
		return errs.New(errs.Invalid, "The text is missing")
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	now := m.cfg.Now()
	data, err := compose(m.from, to, msg, now)
	if err != nil {
		return fmt.Errorf("mail: compose: %w", err)
	}
	return m.deliver(ctx, envelope{to: to, data: data, text: msg.Text, at: now})
}

// parseAddress refuses what could break out of a header or an SMTP command,
// whatever the parser thinks of it.
func parseAddress(s string) (*mail.Address, error) {
	if len(s) > 640 || strings.ContainsFunc(s, isControl) {
		return nil, fmt.Errorf("address with control characters or too long: %.80q", s)
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return nil, err
	}
	// A quoted local part may hold anything, even spaces and brackets. Nobody
	// has such an address, and not every server on the way is careful.
	if len(a.Address) > 320 || strings.ContainsFunc(a.Address, isControl) || strings.ContainsAny(a.Address, " \"<>()[],;:\\") {
		return nil, fmt.Errorf("unusual address: %.80q", a.Address)
	}
	return a, nil
}

func checkSubject(s string) error {
	switch {
	case s == "":
		return errs.New(errs.Invalid, "The subject is missing")
	case len(s) > 900: // a header line may have 998 bytes
		return errs.New(errs.Invalid, "The subject is too long")
	case strings.ContainsFunc(s, isControl):
		return errs.New(errs.Invalid, "The subject must be one line of text")
	}
	return nil
}

// isControl is true of what some program on the way may take for a line end.
func isControl(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

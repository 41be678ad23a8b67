package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

// server is where messages are handed over.
type server struct {
	addr, host string
	implicit   bool // TLS from the first byte
	tls        *tls.Config
	auth       smtp.Auth // nil for none
}

func parseServer(cfg Config) (*server, error) {
	addr, implicit := strings.CutPrefix(cfg.SMTPAddr, "smtps://")
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, errs.Wrap(errs.Invalid, "The SMTP address is not host:port", err)
	}
	s := &server{addr: addr, host: host, implicit: implicit,
		tls: &tls.Config{ServerName: host, RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12}}
	if cfg.Username != "" {
		s.auth = smtp.PlainAuth("", cfg.Username, cfg.Password, host)
	}
	return s, nil
}

// send hands one message over, within the deadline of ctx.
func (s *server) send(ctx context.Context, from string, e envelope) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return unavailable(ctx, err)
	}
	// The SMTP client knows no context: an end of ctx makes its reads fail.
	raw := conn
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if s.implicit {
		conn = tls.Client(conn, s.tls)
	}
	client, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return unavailable(ctx, errors.Join(err, conn.Close()))
	}
	if err := s.converse(client, from, e); err != nil {
		client.Close() // the error that counts is there already
		if errs.Is(err, errs.Invalid) {
			return err
		}
		return unavailable(ctx, err)
	}
	// The server has taken the message; sending it again because of a bad
	// goodbye would make two of it.
	if client.Quit() != nil {
		client.Close()
	}
	return nil
}

func (s *server) converse(c *smtp.Client, from string, e envelope) error {
	_, domain, _ := strings.Cut(from, "@")
	if err := c.Hello(domain); err != nil {
		return fmt.Errorf("EHLO: %w", err)
	}
	if ok, _ := c.Extension("STARTTLS"); ok && !s.implicit {
		if err := c.StartTLS(s.tls); err != nil {
			return fmt.Errorf("STARTTLS: %w", err)
		}
	}
	if s.auth != nil {
		if err := c.Auth(s.auth); err != nil {
			return fmt.Errorf("AUTH: %w", err)
		}
	}
	if err := c.Mail(from); err != nil {
		return fmt.Errorf("MAIL: %w", err)
	}
	if err := c.Rcpt(e.to.Address); err != nil {
		return refusedRecipient(err)
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("DATA: %w", err)
	}
	if _, err := w.Write(e.data); err != nil {
		return fmt.Errorf("DATA: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("DATA: %w", err)
	}
	return nil
}

// refusedRecipient tells a mailbox that is not (5xx) from one that cannot take
// mail now.
func refusedRecipient(err error) error {
	if answer, ok := errors.AsType[*textproto.Error](err); ok && answer.Code >= 500 {
		return errs.Wrap(errs.Invalid, "The mail server refused this e-mail address", err)
	}
	return fmt.Errorf("RCPT: %w", err)
}

func unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return errs.Wrap(errs.Unavailable, "The mail server did not take the message", err)
}

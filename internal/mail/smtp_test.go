package mail_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/mail"
)

// smtpServer speaks just enough SMTP, and remembers what it was told.
type smtpServer struct {
	addr     string
	roots    *x509.CertPool
	tls      *tls.Config
	starttls bool
	auth     bool
	implicit bool
	answers  map[string]string // to a verb, instead of the usual
	silent   chan struct{}     // when not nil, it is closed at the first connection, and nothing is said

	mu       sync.Mutex
	commands []string
	data     string
	secure   bool // when the message came
}

func (s *smtpServer) start(t *testing.T) *smtpServer {
	t.Helper()
	certified := httptest.NewTLSServer(nil) // for its certificate of 127.0.0.1
	s.tls = &tls.Config{Certificates: certified.TLS.Certificates}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(certified.Certificate())
	certified.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return s
}

func (s *smtpServer) serve(conn net.Conn) {
	defer func() { conn.Close() }()
	if s.silent != nil {
		close(s.silent)
		io.Copy(io.Discard, conn)
		return
	}
	secure := s.implicit
	if secure {
		conn = tls.Server(conn, s.tls)
	}
	r := textproto.NewReader(bufio.NewReader(conn))
	say := func(line string) { io.WriteString(conn, line+"\r\n") }
	say("220 ready")
	for {
		line, err := r.ReadLine()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.commands = append(s.commands, line)
		s.mu.Unlock()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		answer, ok := s.answers[verb]
		switch {
		case ok:
			say(answer)
		case verb == "EHLO":
			say("250-hello") // the first line names the server, extensions follow
			if s.starttls && !secure {
				say("250-STARTTLS")
			}
			if s.auth {
				say("250-AUTH PLAIN")
			}
			say("250 8BITMIME")
		case verb == "STARTTLS":
			say("220 go")
			conn, secure = tls.Server(conn, s.tls), true
			r = textproto.NewReader(bufio.NewReader(conn))
		case verb == "AUTH" && s.auth:
			say("235 welcome")
		case verb == "DATA":
			say("354 go")
			b, err := r.ReadDotBytes()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.data, s.secure = string(b), secure
			s.mu.Unlock()
			say("250 taken")
		case verb == "QUIT":
			say("221 bye")
			return
		case verb == "AUTH":
			say("502 not here")
		default:
			say("250 ok")
		}
	}
}

func (s *smtpServer) said(prefix string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.commands {
		if strings.HasPrefix(c, prefix) {
			return true
		}
	}
	return false
}

var hello = mail.Message{To: "Ada <ada@example.org>", Subject: "Hello", Text: "One\n.\nTwo\n"}

func TestSMTP(t *testing.T) {
	for _, c := range []struct {
		name   string
		server *smtpServer
		scheme string
		user   string
		secure bool
	}{
		{"plain", &smtpServer{}, "", "", false},
		{"STARTTLS when offered", &smtpServer{starttls: true}, "", "", true},
		{"authenticated", &smtpServer{starttls: true, auth: true}, "", "guild", true},
		{"TLS from the first byte", &smtpServer{implicit: true, auth: true}, "smtps://", "guild", true},
		{"a bad goodbye is no failure", &smtpServer{answers: map[string]string{"QUIT": "500 what"}}, "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.server.start(t)
			m := newMailer(t, mail.Config{From: from, SMTPAddr: c.scheme + s.addr, Username: c.user, Password: "secret", RootCAs: s.roots})
			if err := m.Send(t.Context(), hello); err != nil {
				t.Fatal(err)
			}
			s.mu.Lock()
			data, secure := s.data, s.secure
			s.mu.Unlock()
			h, parts := parse(t, []byte(data))
			if h.Get("To") != `"Ada" <ada@example.org>` || parts["text/plain"] != hello.Text {
				t.Errorf("received %q", data)
			}
			if secure != c.secure {
				t.Errorf("over TLS: %v, want %v", secure, c.secure)
			}
			for _, want := range []string{"EHLO guild.example", "MAIL FROM:<no-reply@guild.example>", "RCPT TO:<ada@example.org>"} {
				if !s.said(want) {
					t.Errorf("never said %q", want)
				}
			}
			auth := "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00guild\x00secret"))
			if s.said(auth) != (c.user != "") {
				t.Errorf("authenticated: %v", s.said(auth))
			}
		})
	}
}

func TestSMTPFailures(t *testing.T) {
	for _, c := range []struct {
		name   string
		server *smtpServer
		user   string
		roots  bool
		want   errs.Kind
	}{
		{"unknown recipient", &smtpServer{answers: map[string]string{"RCPT": "550 no such user"}}, "", true, errs.Invalid},
		{"full mailbox", &smtpServer{answers: map[string]string{"RCPT": "452 full"}}, "", true, errs.Unavailable},
		{"sender refused", &smtpServer{answers: map[string]string{"MAIL": "550 who"}}, "", true, errs.Unavailable},
		{"message refused", &smtpServer{answers: map[string]string{"DATA": "554 spam"}}, "", true, errs.Unavailable},
		{"greylisted", &smtpServer{answers: map[string]string{"EHLO": "421 later", "HELO": "421 later"}}, "", true, errs.Unavailable},
		{"bad password", &smtpServer{starttls: true, auth: true, answers: map[string]string{"AUTH": "535 no"}}, "guild", true, errs.Unavailable},
		{"no authentication offered", &smtpServer{starttls: true}, "guild", true, errs.Unavailable},
		{"unknown certificate", &smtpServer{starttls: true}, "", false, errs.Unavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.server.start(t)
			cfg := mail.Config{From: from, SMTPAddr: s.addr, Username: c.user, Password: "secret"}
			if c.roots {
				cfg.RootCAs = s.roots
			}
			if err := newMailer(t, cfg).Send(t.Context(), hello); !errs.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if s.data != "" {
				t.Error("the message was sent all the same")
			}
		})
	}
}

func TestSMTPServerIsDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := newMailer(t, mail.Config{From: from, SMTPAddr: addr}).Send(t.Context(), hello); !errs.Is(err, errs.Unavailable) {
		t.Errorf("%v, want Unavailable", err)
	}
}

// A server that accepts and says nothing must not hold the caller.
func TestSMTPEndsWithContext(t *testing.T) {
	s := (&smtpServer{silent: make(chan struct{})}).start(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-s.silent; cancel() }()
	if err := newMailer(t, mail.Config{From: from, SMTPAddr: s.addr}).Send(ctx, hello); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the end of the context", err)
	}
}

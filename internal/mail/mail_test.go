package mail_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/mail"
)

const from = "Guildhall <no-reply@guild.example>"

var quiet = slog.New(slog.DiscardHandler)

func newMailer(t *testing.T, cfg mail.Config) *mail.Mailer {
	t.Helper()
	m, err := mail.New(cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func written(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// parse reads a message the way a mail program does.
func parse(t *testing.T, data []byte) (h netmail.Header, parts map[string]string) {
	t.Helper()
	msg, err := netmail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	mediaType, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	if !strings.HasPrefix(mediaType, "multipart/") {
		b, err := io.ReadAll(quotedprintable.NewReader(msg.Body))
		if err != nil {
			t.Fatal(err)
		}
		parts[mediaType] = string(b)
		return msg.Header, parts
	}
	for r := multipart.NewReader(msg.Body, params["boundary"]); ; {
		p, err := r.NextPart() // decodes quoted-printable
		if err == io.EOF {
			return msg.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = string(b)
	}
}

func TestMessageReadsAsItWasWritten(t *testing.T) {
	text := "Grüß dich,\n.\n..dots and = signs\n" + strings.Repeat("a long line ", 200) + "\nhttps://guild.example/confirm?token=abc_-123.\n"
	for _, c := range []struct {
		name, to, subject, html string
		want                    map[string]string
	}{
		{"text only", "ada@example.org", "Plain", "", map[string]string{"text/plain": text}},
		{"alternatives", "Ada Lovelace <ada@example.org>", "Both", "<p>Grüß dich</p>", map[string]string{"text/plain": text, "text/html": "<p>Grüß dich</p>"}},
		{"not ASCII", "Ädä Löveläce <ada@example.org>", "Bestätige deine Adresse für 公会 " + strings.Repeat("ß", 100), "", map[string]string{"text/plain": text}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
			m := newMailer(t, mail.Config{From: from, Folder: dir, Now: func() time.Time { return now }})
			if err := m.Send(t.Context(), mail.Message{To: c.to, Subject: c.subject, Text: text, HTML: c.html}); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(written(t, dir)[0])
			if err != nil {
				t.Fatal(err)
			}
			for line := range bytes.SplitSeq(data, []byte("\r\n")) {
				if len(line) > 998 || bytes.ContainsAny(line, "\r\n") || slices.ContainsFunc(line, func(b byte) bool { return b > 126 }) {
					t.Errorf("line that mail servers may break: %q", line)
				}
			}
			h, parts := parse(t, data)
			subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
			if err != nil || subject != c.subject {
				t.Errorf("subject %q, %v", subject, err)
			}
			to, err := h.AddressList("To")
			want, _ := netmail.ParseAddress(c.to)
			if err != nil || len(to) != 1 || *to[0] != *want {
				t.Errorf("to %v, %v", to, err)
			}
			if date, err := h.Date(); err != nil || !date.Equal(now) {
				t.Errorf("date %v, %v", date, err)
			}
			if id := h.Get("Message-ID"); !strings.HasSuffix(id, "@guild.example>") {
				t.Errorf("message id %q", id)
			}
			for kind, want := range c.want {
				if got := strings.ReplaceAll(parts[kind], "\r\n", "\n"); got != want {
					t.Errorf("%s: %q", kind, got)
				}
			}
			if len(parts) != len(c.want) {
				t.Errorf("%d parts", len(parts))
			}
		})
	}
}

func TestHeadersCannotBeInjected(t *testing.T) {
	dir := t.TempDir()
	m := newMailer(t, mail.Config{From: from, Folder: dir})
	good := mail.Message{To: "ada@example.org", Subject: "Hello", Text: "Hello"}
	for _, evil := range []string{"\r\nBcc: all@example.org", "\nBcc: all@example.org", "\rBcc: all@example.org", "\x00", "\u0085Bcc: x", "\u2028Bcc: x"} {
		for name, msg := range map[string]mail.Message{
			"after the address":  {To: good.To + evil, Subject: good.Subject, Text: good.Text},
			"before the address": {To: evil + good.To, Subject: good.Subject, Text: good.Text},
			"in the name":        {To: "Ada" + evil + " <ada@example.org>", Subject: good.Subject, Text: good.Text},
			"in a quoted name":   {To: `"Ada` + evil + `" <ada@example.org>`, Subject: good.Subject, Text: good.Text},
			"in the subject":     {To: good.To, Subject: good.Subject + evil, Text: good.Text},
		} {
			if err := m.Send(t.Context(), msg); !errs.Is(err, errs.Invalid) {
				t.Errorf("%q %s: %v, want Invalid", evil, name, err)
			}
		}
		if _, err := mail.New(mail.Config{From: from + evil, Folder: dir}, quiet); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q in From: %v, want Invalid", evil, err)
		}
	}
	if got := written(t, dir); len(got) != 0 {
		t.Errorf("written all the same: %q", got)
	}
}

func TestInvalidMessages(t *testing.T) {
	m := newMailer(t, mail.Config{From: from, Folder: t.TempDir()})
	for name, msg := range map[string]mail.Message{
		"no address":       {Subject: "s", Text: "t"},
		"not an address":   {To: "ada", Subject: "s", Text: "t"},
		"two addresses":    {To: "ada@example.org, bob@example.org", Subject: "s", Text: "t"},
		"quoted local":     {To: `"a> b"@example.org`, Subject: "s", Text: "t"},
		"too long":         {To: strings.Repeat("a", 400) + "@example.org", Subject: "s", Text: "t"},
		"no subject":       {To: "ada@example.org", Text: "t"},
		"subject too long": {To: "ada@example.org", Subject: strings.Repeat("s", 901), Text: "t"},
		"no text":          {To: "ada@example.org", Subject: "s"},
	} {
		if err := m.Send(t.Context(), msg); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v, want Invalid", name, err)
		}
	}
}

func TestConfig(t *testing.T) {
	for name, cfg := range map[string]mail.Config{
		"no sender":        {Folder: t.TempDir()},
		"bad sender":       {From: "nobody", Folder: t.TempDir()},
		"nowhere":          {From: from},
		"server, no port":  {From: from, SMTPAddr: "mail.example.org"},
		"server, bad form": {From: from, SMTPAddr: "smtps://"},
	} {
		if _, err := mail.New(cfg, quiet); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v, want Invalid", name, err)
		}
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mails")
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	m, err := mail.New(mail.Config{From: from, Folder: dir, Now: func() time.Time { return now }}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for i, subject := range []string{"first", "second at the same instant", "third"} {
		if i == 2 {
			now = now.Add(time.Millisecond)
		}
		msg := mail.Message{To: "ada@example.org", Subject: subject, Text: "Open <https://guild.example/c?t=1&u=2>.\nOr https://guild.example/other"}
		if err := m.Send(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
	}
	names := written(t, dir)
	if len(names) != 3 {
		t.Fatalf("in the folder: %q", names)
	}
	for i, want := range []string{"first", "second at the same instant", "third"} {
		data, err := os.ReadFile(names[i])
		if err != nil {
			t.Fatal(err)
		}
		if h, _ := parse(t, data); h.Get("Subject") != want || filepath.Ext(names[i]) != ".eml" {
			t.Errorf("%s holds %q, want %q", names[i], h.Get("Subject"), want)
		}
		if fi, err := os.Stat(names[i]); err != nil || fi.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
			t.Errorf("%s: %v, %v", names[i], fi.Mode(), err)
		}
		if !strings.Contains(log.String(), names[i]) {
			t.Errorf("the log does not name %s", names[i])
		}
	}
	if !strings.Contains(log.String(), "link=\"https://guild.example/c?t=1&u=2\"") || strings.Contains(log.String(), "ada@example.org") {
		t.Errorf("the log should tell the first link and no address:\n%s", &log)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Send(canceled, mail.Message{To: "ada@example.org", Subject: "s", Text: "t"}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

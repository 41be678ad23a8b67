package mail

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"
)

// compose returns the message with its headers and CRLF line ends.
func compose(from, to *mail.Address, msg Message, now time.Time) ([]byte, error) {
	var b bytes.Buffer
	_, domain, _ := strings.Cut(from.Address, "@")
	for _, h := range [][2]string{
		{"From", from.String()},
		{"To", to.String()},
		{"Subject", mime.QEncoding.Encode("utf-8", msg.Subject)},
		{"Date", now.Format(time.RFC1123Z)},
		{"Message-ID", "<" + rand.Text() + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"}, // so that holiday notices do not answer
		{"MIME-Version", "1.0"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	var err error
	if msg.HTML == "" {
		writeHeader(&b, partHeader("text/plain"))
		err = writeQuoted(&b, msg.Text)
	} else {
		err = writeAlternatives(&b, msg)
	}
	return b.Bytes(), err
}

// writeAlternatives writes both texts, the preferred one last.
func writeAlternatives(b *bytes.Buffer, msg Message) error {
	w := multipart.NewWriter(b)
	writeHeader(b, textproto.MIMEHeader{"Content-Type": {"multipart/alternative; boundary=" + w.Boundary()}})
	for _, part := range [][2]string{{"text/plain", msg.Text}, {"text/html", msg.HTML}} {
		pw, err := w.CreatePart(partHeader(part[0]))
		if err != nil {
			return err
		}
		if err := writeQuoted(pw, part[1]); err != nil {
			return err
		}
	}
	return w.Close()
}

func partHeader(mediaType string) textproto.MIMEHeader {
	return textproto.MIMEHeader{
		"Content-Type":              {mediaType + "; charset=utf-8"},
		"Content-Transfer-Encoding": {"quoted-printable"},
	}
}

// writeHeader writes the last header lines and the empty line after them.
func writeHeader(b *bytes.Buffer, h textproto.MIMEHeader) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		fmt.Fprintf(b, "%s: %s\r\n", name, h.Get(name))
	}
	b.WriteString("\r\n")
}

func writeQuoted(w io.Writer, text string) error {
	q := quotedprintable.NewWriter(w)
	if _, err := io.WriteString(q, text); err != nil {
		return err
	}
	return q.Close()
}

package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var linkPattern = regexp.MustCompile(`https?://[^\s<>"]+`)

// write puts the message into the folder under a name that sorts by time. It
// appears there complete or not at all.
func (m *Mailer) write(ctx context.Context, e envelope) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%06d-%s.eml", e.at.UTC().Format("20060102T150405.000000000Z"), m.written.Add(1), rand.Text()[:6])
	path := filepath.Join(m.cfg.Folder, name)
	tmp := filepath.Join(m.cfg.Folder, "."+name+".tmp")
	err := os.WriteFile(tmp, e.data, 0o600)
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		if rm := os.Remove(tmp); rm != nil && !errors.Is(rm, os.ErrNotExist) {
			err = errors.Join(err, rm)
		}
		return fmt.Errorf("mail: %w", err)
	}
	m.log.InfoContext(ctx, "mail written", "path", path, "link", firstLink(e.text))
	return nil
}

// firstLink is what one looks for in such a mail: the link that confirms or
// resets. Without a mail server the log is how the owner of the machine gets it.
func firstLink(text string) string {
	return strings.TrimRight(linkPattern.FindString(text), ".,;:!?)'")
}

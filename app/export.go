package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/guildhall/guildhall/archive"
)

// Export writes the archive of a member into a file that is not there yet; path
// may be empty for a name of its own in this folder.
func (a *App) Export(ctx context.Context, name, path string, out io.Writer) (err error) {
	u, err := a.named(ctx, name)
	if err != nil {
		return err
	}
	if path == "" {
		path = archive.FileName(u.Username, a.now())
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	err = a.Archive.Write(ctx, u.ID, b)
	if err == nil {
		err = b.Flush()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path)) // half an archive is none
	}
	_, err = fmt.Fprintf(out, "wrote all that is held about %s to %s\n", u.Username, path)
	return err
}

package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// Size returns how many bytes the blobs take. It looks at each of them, which
// takes a while when they are many.
func (s *Store) Size(ctx context.Context) (int64, error) {
	var sum int64
	err := fs.WalkDir(s.root.FS(), ".", func(_ string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !d.Type().IsRegular() {
			return gone(err)
		}
		fi, err := d.Info()
		if err != nil {
			return gone(err)
		}
		sum += fi.Size()
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("blob: %w", err)
	}
	return sum, nil
}

// gone passes over what was removed while it was looked at.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

//go:build unix

package fsync

import (
	"errors"
	"os"
	"syscall"
)

func syncDir(d *os.File) error {
	err := d.Sync()
	// Some file systems (SMB, a few FUSE ones, F_FULLFSYNC on others than APFS
	// and HFS+) know no sync of a directory and say so; nothing is left to do.
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

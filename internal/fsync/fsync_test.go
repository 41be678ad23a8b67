package fsync_test

import (
	"os"
	"runtime"
	"testing"

	"github.com/guildhall/guildhall/internal/fsync"
)

func TestDir(t *testing.T) {
	d, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := fsync.Dir(d); err != nil {
		t.Errorf("sync of an open directory: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := fsync.Dir(d); err == nil && runtime.GOOS != "windows" {
		t.Error("sync of a closed directory was reported as done")
	}
}

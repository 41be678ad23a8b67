// Package fsync makes directory entries durable: a file that was synced but
// whose new name was not can be gone after a power cut. The systems differ in
// how, and that is all this package knows. What does not belong here: writing
// files, and deciding what must be durable.
package fsync

import "os"

// Dir makes the entries of an open directory durable: files created in it,
// renamed into it and removed from it. It does nothing where the system has no
// such call (Windows writes directory entries through its own log).
func Dir(d *os.File) error { return syncDir(d) }

//go:build unix

package testkit

import (
	"os"
	"os/exec"
	"syscall"
)

// nobody is the user that PostgreSQL runs as when the tests run as root, whom
// it refuses.
const nobody = 65534

func ordinary(c *exec.Cmd) *exec.Cmd {
	c.Dir = os.TempDir()
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal must not reach it before the tests end
	if os.Getuid() == 0 {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return c
}

func giveAway(dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	return os.Chown(dir, nobody, nobody)
}

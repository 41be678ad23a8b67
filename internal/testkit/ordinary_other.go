//go:build !unix

package testkit

import "os/exec"

func ordinary(c *exec.Cmd) *exec.Cmd { return c }

func giveAway(string) error { return nil }

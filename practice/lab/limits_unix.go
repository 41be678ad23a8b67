//go:build linux || darwin

package lab

import (
	"os/exec"
	"syscall"
	"time"
)

// cpuSlack is what a child may compute beyond its time: the runner's clock ends
// it first, this is the net below.
const cpuSlack = 2 * time.Second

// fileLimit bounds one file of a child; a lab's database is far below it.
const fileLimit = 256 << 20

// addressSpace is what Go's runtime reserves, without using it, beside its heap.
const addressSpace = 2 << 30

// ownGroup starts a child as the first of a process group of its own, so that
// what it starts can be ended with it.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends a child and all it started. It says nothing: a group that has
// no processes left is what is wanted.
func killGroup(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }

// ranOutOfCPU tells whether the system ended a process for its computing time.
func ranOutOfCPU(c *exec.Cmd) bool {
	w, ok := c.ProcessState.Sys().(syscall.WaitStatus)
	return ok && w.Signaled() && w.Signal() == syscall.SIGXCPU
}

// limit bounds this process. What the system does not know or forbids to set
// is left: the watchdog and the runner's clock stand behind it.
func limit(memory int64, cpu time.Duration) {
	seconds := uint64((cpu + cpuSlack) / time.Second)
	set := func(resource int, soft, hard uint64) {
		_ = syscall.Setrlimit(resource, &syscall.Rlimit{Cur: soft, Max: hard})
	}
	set(syscall.RLIMIT_CORE, 0, 0)
	set(syscall.RLIMIT_CPU, seconds, seconds+1)
	set(syscall.RLIMIT_FSIZE, fileLimit, fileLimit)
	set(syscall.RLIMIT_DATA, uint64(memory), uint64(memory))
	set(syscall.RLIMIT_AS, uint64(memory)+addressSpace, uint64(memory)+addressSpace)
}

//go:build linux || darwin

package lab

import (
	"fmt"
	"os"
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
	// Beside what is mapped already: a program that is watched for data races has
	// terabytes of it.
	if mapped, data, ok := mappedNow(); ok {
		data, mapped = data+uint64(memory), mapped+uint64(memory)+addressSpace
		set(syscall.RLIMIT_DATA, data, data)
		set(syscall.RLIMIT_AS, mapped, mapped)
	}
}

// mappedNow returns how many bytes of addresses this process has, and how many
// of them for data. Only Linux tells, and only there the limits are kept to.
func mappedNow() (all, data uint64, ok bool) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, 0, false
	}
	var skip uint64
	if _, err := fmt.Sscan(string(text), &all, &skip, &skip, &skip, &skip, &data); err != nil {
		return 0, 0, false
	}
	page := uint64(os.Getpagesize())
	return all * page, data * page, true
}

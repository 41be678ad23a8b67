//go:build !linux && !darwin

package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// ownGroup does nothing: killGroup finds a child's processes by their parent.
func ownGroup(*exec.Cmd) {}

// killGroup ends a child and, where the system has a command for it, all it
// started.
func killGroup(c *exec.Cmd) {
	if runtime.GOOS == "windows" {
		taskkill := filepath.Join(os.Getenv("SystemRoot"), "System32", "taskkill.exe")
		_ = exec.Command(taskkill, "/T", "/F", "/PID", strconv.Itoa(c.Process.Pid)).Run()
	}
	_ = c.Process.Kill() // an error means that it has ended
}

// ranOutOfCPU is never so: these systems bound no computing time.
func ranOutOfCPU(*exec.Cmd) bool { return false }

// limit does nothing: the watchdog bounds memory, the runner's clock the time.
func limit(int64, time.Duration) {}

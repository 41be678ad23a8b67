//go:build !linux && !darwin && !windows

package lab

import "time"

// cpuTime is the time of the clock, for systems whose CPU time is not known
// here: what is measured with it is void more often.
func cpuTime() time.Duration { return time.Duration(time.Now().UnixNano()) }

package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/guildhall/guildhall/practice/lab"
)

// LabCommand is the argument with which the program is the process of a lab. It
// is no command for people.
const LabCommand = lab.Command

// LabChild does what one request on in asks, and returns the code to exit with.
func LabChild(ctx context.Context, in io.Reader, out io.Writer) int { return lab.Child(ctx, in, out) }

// labRunner returns what starts this program again for each run of a lab.
func labRunner(log *slog.Logger) (*lab.Runner, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("labs: %w", err)
	}
	return &lab.Runner{Command: []string{self, LabCommand}, Log: log}, nil
}

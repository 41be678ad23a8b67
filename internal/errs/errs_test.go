package errs_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
)

func TestKindOf(t *testing.T) {
	cause := errors.New("disk on fire")
	for _, c := range []struct {
		name string
		err  error
		want errs.Kind
		text string
	}{
		{"plain errors are internal", cause, errs.Internal, "disk on fire"},
		{"kind survives wrapping", fmt.Errorf("posts: %w", errs.New(errs.NotFound, "gone")), errs.NotFound, "posts: gone"},
		{"cause is told to the log", errs.Wrap(errs.Unavailable, "try again", cause), errs.Unavailable, "try again: disk on fire"},
		{"an error without a text shows its cause", errs.Wrap(errs.Internal, "", cause), errs.Internal, "disk on fire"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := errs.KindOf(c.err); got != c.want {
				t.Errorf("kind %v, want %v", got, c.want)
			}
			if c.err.Error() != c.text {
				t.Errorf("text %q, want %q", c.err, c.text)
			}
		})
	}
	if !errors.Is(errs.Wrap(errs.Internal, "x", cause), cause) {
		t.Error("the cause is not in the chain")
	}
}

// The bytes of a missing record must tell nothing about which one it was.
func TestNotFoundRecordIsAlwaysTheSame(t *testing.T) {
	if a, b := errs.NotFoundRecord(), errs.NotFoundRecord(); a.Error() != b.Error() || a.Kind != errs.NotFound {
		t.Errorf("%v and %v differ", a, b)
	}
}

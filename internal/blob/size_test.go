package blob_test

import (
	"strings"
	"testing"
)

func TestSize(t *testing.T) {
	s := open(t, t.TempDir())
	size := func(want int64) {
		t.Helper()
		if got, err := s.Size(t.Context()); err != nil || got != want {
			t.Errorf("%d, %v, want %d", got, err, want)
		}
	}
	size(0)
	if _, _, err := s.Put(t.Context(), strings.NewReader("hello"), ".jpg"); err != nil {
		t.Fatal(err)
	}
	size(5)
	if _, err := s.Copy(t.Context(), helloKey); err != nil {
		t.Fatal(err)
	}
	size(10)
}

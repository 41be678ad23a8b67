package db_test

import (
	"testing"

	"github.com/guildhall/guildhall/internal/testkit"
)

func TestAbout(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		version, bytes, err := k.Open("t", schema).About(k.Ctx)
		if err != nil || version == "" || version[0] < '1' || version[0] > '9' || bytes < 4096 {
			t.Errorf("%q, %d, %v", version, bytes, err)
		}
	})
}

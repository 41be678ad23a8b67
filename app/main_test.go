package app

import (
	"context"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == LabCommand { // which the labs of the demo start
		os.Exit(LabChild(context.Background(), os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

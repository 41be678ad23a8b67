package e2e_test

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const password = "a long password"

// TestMasto and TestMegalodon drive the program with the client libraries that
// many Mastodon apps are built on; what is asserted is in clients/.
func TestMasto(t *testing.T)     { library(t, "masto") }
func TestMegalodon(t *testing.T) { library(t, "megalodon") }

func library(t *testing.T, name string) {
	t.Parallel()
	installed(t, name)
	data := filepath.Join(t.TempDir(), "data")
	member(t, data, "ann")
	member(t, data, "ben")
	s := start(t, "serve", "--data", data)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join("clients", name+".mjs"))
	cmd.Env = environment("BASE="+s.base, "PASSWORD="+password, "IMAGE="+square(t))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\nthe server:\n%s", err, out, s.out)
	}
	t.Logf("%s", out)
}

// installed skips the test if a client library is not there.
func installed(t *testing.T, name string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("node_modules", name)); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the client libraries are not installed: npm ci --prefix e2e")
	}
}

// square writes an image file of 64 by 48 pixels.
func square(t *testing.T) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			m.Set(x, y, color.RGBA{uint8(4 * x), uint8(5 * y), 120, 255})
		}
	}
	name := filepath.Join(t.TempDir(), "square.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
	return name
}

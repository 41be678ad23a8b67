package e2e_test

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Every method of the client libraries finds what it asks for; what is called,
// and with what, is in clients/.
func TestMastoMethods(t *testing.T)     { everyMethod(t, "masto") }
func TestMegalodonMethods(t *testing.T) { everyMethod(t, "megalodon") }

// ownerOf creates an owner and returns a token that may do everything.
func ownerOf(t *testing.T, data, name string) string {
	t.Helper()
	if out, err := guildhall(t, password+"\n", "user", "create", name, name+"@example.org", "--role", "owner", "--data", data); err != nil {
		t.Fatal(err, out)
	}
	token, err := guildhall(t, "", "user", "token", name, "--scopes", "read write follow push profile admin:read admin:write", "--data", data)
	if err != nil {
		t.Fatal(err, token)
	}
	return token
}

func everyMethod(t *testing.T, name string) {
	t.Parallel()
	installed(t, name)
	data := filepath.Join(t.TempDir(), "data")
	owner := ownerOf(t, data, "ann")
	ben, cleo := member(t, data, "ben"), member(t, data, "cleo")
	var strangers []string
	for i := range 5 {
		strangers = append(strangers, member(t, data, fmt.Sprintf("stranger%d", i)))
	}
	s := start(t, "serve", "--data", data, "--rate-limits", "off")
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join("clients", name+"-methods.mjs"))
	cmd.Env = environment("BASE="+s.base, "OWNER="+owner, "BEN="+ben, "CLEO="+cleo, "STRANGERS="+strings.Join(strangers, " "), "IMAGE="+square(t), "MISSING=print")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\nthe server:\n%s", err, out, s.out)
	}
	t.Logf("%s", out)
}

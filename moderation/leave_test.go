package moderation_test

import (
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/posts"
)

// AT-19, AZ-33: who leaves is gone with all that they wrote; the name is not to
// be had again, and the log says who did it.
func TestLeave(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		const password = "a passphrase of some length"
		u, err := h.Profiles.Register(k.Ctx, identity.SignUp{Username: "ann", Email: "ann@example.org", Password: password, Trusted: true})
		h.must(err)
		post, err := h.Posts.Create(k.Ctx, u.ID, posts.Draft{Text: "hello"})
		h.must(err)
		if err := h.Leave(k.Ctx, u.ID, "wrong"); !errs.Is(err, errs.Invalid) {
			t.Errorf("with a wrong password: %v", err)
		}
		h.must(h.Leave(k.Ctx, u.ID, password))
		if _, err := h.Posts.Get(k.Ctx, 0, post.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("the post is there: %v", err) // before anything is erased
		}
		h.must(h.Start(k.Ctx))
		testkit.Eventually(t, func() bool {
			_, err := h.Profiles.Account(k.Ctx, u.ID)
			_, gone := h.Identity.User(k.Ctx, u.ID)
			return errs.Is(err, errs.NotFound) && errs.Is(gone, errs.NotFound)
		})
		for _, name := range []string{"ann", "ANN"} {
			if _, err := h.Profiles.Register(k.Ctx, identity.SignUp{Username: name, Email: "else@example.org", Password: password, Trusted: true}); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s again: %v", name, err)
			}
		}
		log, err := h.AuditLog(k.Ctx, moderation.LogFilter{}, page.Page{Limit: 10})
		h.must(err)
		if len(log) != 1 || log[0].Action != "leave" || log[0].Target != "ann" {
			t.Errorf("the log is %+v", log)
		}
	})
}

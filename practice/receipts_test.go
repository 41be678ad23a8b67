package practice_test

import (
	"html"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/lab"
	"github.com/guildhall/guildhall/practice/receipt"
	"github.com/guildhall/guildhall/profiles"
)

// peopled is the room with members ann and ben, whose receipts say who they are.
func peopled(t *testing.T, k *testkit.Kit) (h *hall, ann, ben ids.ID) {
	t.Helper()
	h = open(t, k)
	mails, err := mail.New(mail.Config{From: "Guild <no-reply@guild.test>", Folder: filepath.Join(k.Dir, "mails"), Now: k.Clock.Now}, k.Log)
	h.must(err)
	users := identity.New(identity.Deps{DB: k.Open("identity", identity.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Keys: h.Keys, Mail: mails}, identity.DefaultConfig())
	h.Profiles = profiles.New(profiles.Deps{DB: k.Open("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Identity: users, Images: image.New(1, image.Limits{Bytes: 1 << 20, Pixels: 1 << 20}),
		Format: html.EscapeString}, profiles.DefaultConfig())
	member := func(name string) ids.ID {
		u, err := h.Profiles.Register(k.Ctx, identity.SignUp{Username: name, Email: name + "@example.org", Trusted: true})
		h.must(err)
		return u.ID
	}
	return h, member("ann"), member("ben")
}

// passes has a member pass lab L05, and returns the attempt.
func (h *hall) passes(who ids.ID) *practice.LabAttempt {
	h.Helper()
	a, err := h.BeginLab(h.kit.Ctx, who, "L05")
	h.must(err)
	slowest := ""
	for _, row := range a.Task.Tables[0].Rows {
		if row[0] == "slowest message" {
			slowest = strings.TrimSuffix(row[1], " s")
		}
	}
	a, err = h.GradeLab(h.kit.Ctx, who, a.ID, lab.Answer{"key": "operation", "record": "same", "ack": "commit", "dead": "park", "backoff": "fixed", "delay": "8", "most": "18",
		"ordering": "account", "wait": slowest + "1"})
	h.must(err)
	if !a.Passed {
		h.Fatalf("not passed: %+v", a.Report)
	}
	return a
}

func (h *hall) receiptsOf(who ids.ID) []*practice.Receipt {
	h.Helper()
	list, err := h.Receipts(h.kit.Ctx, who, page.Page{Limit: 10})
	h.must(err)
	return list
}

func TestReceiptOfLab(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ann, ben := peopled(t, k)
		ctx := k.Ctx
		if keys, err := h.ReceiptKeys(ctx); err != nil || len(keys.Keys) != 0 || keys.Issuer != "http://localhost:8080" {
			t.Errorf("%+v, %v", keys, err)
		}
		failed, err := h.BeginLab(ctx, ann, "L05")
		h.must(err)
		_, err = h.GradeLab(ctx, ann, failed.ID, lab.Answer{"key": "none", "record": "memory", "ack": "receipt", "dead": "drop", "backoff": "none", "delay": "1", "most": "1", "ordering": "none", "wait": "1"})
		h.must(err)
		if list := h.receiptsOf(ann); len(list) != 0 {
			t.Fatalf("a receipt for nothing: %+v", list[0])
		}
		a := h.passes(ann)
		list := h.receiptsOf(ann)
		if len(list) != 1 || list[0].Shown || list[0].AccountID != ann || len(h.receiptsOf(ben)) != 0 {
			t.Fatalf("%+v", list)
		}
		keys, err := h.ReceiptKeys(ctx)
		h.must(err)
		c, err := receipt.Verify(list[0].Token, keys)
		h.must(err)
		if c.Issuer != "http://localhost:8080" || c.Member != "http://localhost:8080/@ann" || c.ID != list[0].ID.String() || c.IssuedAt != k.Clock.Now().Unix() ||
			c.Kind != receipt.Lab || c.Subject != "L05" || c.Version != "1" || c.Title == "" || c.Score != a.Points || c.Most != a.Most || !c.Passed || c.Seed == "" || c.Reviewers != 0 ||
			len(c.Parts) != len(a.Report.Parts) || c.Parts[0].Name != a.Report.Parts[0].Name {
			t.Errorf("%+v", c)
		}
	})
}

func TestReceiptIsShown(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ann, ben := peopled(t, k)
		ctx := k.Ctx
		h.passes(ann)
		id := h.receiptsOf(ann)[0].ID
		sees := func(what string, viewer ids.ID, listed int, readable bool) {
			t.Helper()
			list, err := h.ShownReceipts(ctx, viewer, ann, page.Page{Limit: 10})
			h.must(err)
			r, err := h.ShownReceipt(ctx, viewer, id)
			if len(list) != listed || readable != (err == nil) || !readable && !errs.Is(err, errs.NotFound) {
				t.Errorf("%s: %d to %d: %+v, %v", what, len(list), viewer, r, err)
			}
		}
		sees("hidden", ben, 0, false)
		sees("hidden", 0, 0, false)
		sees("hidden", ann, 0, true)
		_, err := h.ShowReceipt(ctx, ben, id, true)
		h.refused(err, errs.NotFound)
		_, err = h.Receipt(ctx, ben, id)
		h.refused(err, errs.NotFound)
		r, err := h.ShowReceipt(ctx, ann, id, true)
		if err != nil || !r.Shown {
			t.Errorf("%+v, %v", r, err)
		}
		sees("shown", ben, 1, true)
		sees("shown", 0, 1, true)
		seals, err := h.Seals(ctx, []ids.ID{ann, ben})
		if err != nil || len(seals) != 1 || seals[ann] != (practice.Seal{Receipt: id, Title: r.Title}) || r.Title == "" {
			t.Errorf("seals: %+v, %v", seals, err)
		}
		_, err = h.Receipt(ctx, ben, id)
		h.refused(err, errs.NotFound) // that is the owner's way to it
		_, err = h.Profiles.Block(ctx, ann, ben)
		h.must(err)
		sees("blocked", ben, 0, false)
		sees("blocked", 0, 1, true)
		_, err = h.Profiles.Unblock(ctx, ann, ben)
		h.must(err)
		_, err = h.Profiles.Block(ctx, ben, ann)
		h.must(err)
		sees("blocking", ben, 0, false)
		h.must(h.Profiles.SetState(ctx, ann, profiles.Suspended, true))
		sees("suspended", 0, 0, false)
		sees("suspended", ann, 0, true)
		h.must(h.Profiles.SetState(ctx, ann, profiles.Suspended, false))
		_, err = h.ShowReceipt(ctx, ann, id, false)
		h.must(err)
		sees("hidden again", 0, 0, false)
		if seals, err := h.Seals(ctx, []ids.ID{ann}); err != nil || len(seals) > 0 {
			t.Errorf("a seal of what is hidden: %+v, %v", seals, err)
		}
		_, err = h.ShownReceipts(ctx, 0, 99, page.Page{Limit: 10})
		h.refused(err, errs.NotFound)
		_, err = h.ShownReceipt(ctx, ann, 99)
		h.refused(err, errs.NotFound)
	})
}

// The lowest mark of the peers counts, and what they read stays unsaid.
func TestReceiptOfCard(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ann, _ := peopled(t, k)
		ctx := k.Ctx
		a := h.answered(ann, "backend-core", "be-013", "I read the plan.")
		first, second := practice.Review{Marks: ticks(a.Card, practice.Yes)}, practice.Review{Marks: ticks(a.Card, practice.Yes)}
		second.Marks[1].Mark = practice.Partly
		h.must(h.ReceiptOfCard(ctx, a, []practice.Review{first, second}))
		h.must(h.ReceiptOfCard(ctx, a, []practice.Review{first})) // told twice
		list := h.receiptsOf(ann)
		if len(list) != 1 {
			t.Fatalf("%d receipts", len(list))
		}
		r, point := list[0], a.Card.Rubric[1]
		if r.Kind != receipt.Card || r.Subject != "backend-core/be-013" || r.Title != a.Card.Title || r.Version != a.Card.Hash || r.Reviewers != 2 || !r.Passed || r.Seed != "" ||
			r.Score != r.Most-point.Weight || r.Parts[1] != (receipt.Part{Name: point.ID, Points: point.Weight, Most: 2 * point.Weight}) {
			t.Errorf("%+v", r)
		}
		for _, p := range a.Card.Rubric {
			if strings.Contains(r.Token, p.Text) || strings.Contains(r.Title, p.Text) {
				t.Errorf("the rubric is told: %s", p.Text)
			}
		}
		poor := h.answered(ann, "backend-core", "be-024", "No idea.")
		h.must(h.ReceiptOfCard(ctx, poor, []practice.Review{{Marks: ticks(poor.Card, practice.Partly)[1:]}}))
		if list := h.receiptsOf(ann); len(list) != 1 {
			t.Errorf("a receipt for a poor answer: %+v", list[0])
		}
	})
}

// praise is a review that finds nothing missing.
func praise(a *practice.Attempt) []practice.Review {
	return []practice.Review{{Marks: ticks(a.Card, practice.Yes)}}
}

// Nodes that sign their first receipts at once sign with one key, and after a
// rotation with the new one; what the old one has signed stays true.
func TestReceiptKeys(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ann, _ := peopled(t, k)
		ctx := k.Ctx
		other, err := k.Reopen("practice", practice.Schema())
		h.must(err)
		defer func() { h.must(other.Close()) }()
		deps := h.Deps
		deps.DB = other
		nodes := []*practice.Service{h.Service, practice.New(deps, practice.DefaultConfig())}
		var attempts []*practice.Attempt
		for range 2 {
			attempts = append(attempts, h.answered(ann, "backend-core", "be-013", "I read the plan."))
		}
		var both sync.WaitGroup
		for i, node := range nodes {
			both.Go(func() {
				if err := node.ReceiptOfCard(ctx, attempts[i], praise(attempts[i])); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		keys, err := h.ReceiptKeys(ctx)
		h.must(err)
		if len(keys.Keys) != 1 {
			t.Fatalf("%d keys", len(keys.Keys))
		}
		kid, err := h.RotateReceiptKey(ctx)
		h.must(err)
		a := h.answered(ann, "backend-core", "be-024", "Me.")
		h.must(nodes[1].ReceiptOfCard(ctx, a, praise(a)))
		if keys, err = h.ReceiptKeys(ctx); err != nil || len(keys.Keys) != 2 || keys.Keys[0].ID != kid {
			t.Fatalf("%+v, %v", keys, err)
		}
		list := h.receiptsOf(ann)
		if len(list) != 3 {
			t.Fatalf("%d receipts", len(list))
		}
		for i, r := range list {
			if _, err := receipt.Verify(r.Token, keys); err != nil {
				t.Errorf("%d: %v", i, err)
			}
			only := &receipt.Keys{Keys: keys.Keys[:1]}
			if _, err := receipt.Verify(r.Token, only); (err == nil) != (i == 0) {
				t.Errorf("%d, by the new key alone: %v", i, err)
			}
		}
		if sealed, err := db.Values[[]byte](ctx, h.db, "SELECT private FROM practice_keys WHERE number = 1"); err != nil || len(sealed) != 1 || len(sealed[0]) < 64 {
			t.Errorf("the private key is not sealed: %d bytes, %v", len(sealed[0]), err)
		}
	})
}

// keysOf makes the keyring of a test.
func keysOf(t *testing.T, k *testkit.Kit) *seal.Keyring {
	t.Helper()
	keys, err := seal.LoadOrCreate(filepath.Join(k.Dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

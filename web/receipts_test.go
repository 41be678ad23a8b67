package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/lab"
	"github.com/guildhall/guildhall/practice/receipt"
)

// passes has a member pass lab L05, and returns the receipt of it.
func (w *world) passes(who ids.ID) *practice.Receipt {
	w.Helper()
	ctx := w.kit.Ctx
	a, err := w.practice.BeginLab(ctx, who, "L05")
	w.must(err)
	slowest := ""
	for _, row := range a.Task.Tables[0].Rows {
		if row[0] == "slowest message" {
			slowest = strings.TrimSuffix(row[1], " s")
		}
	}
	_, err = w.practice.GradeLab(ctx, who, a.ID, lab.Answer{"key": "operation", "record": "same", "ack": "commit", "dead": "park", "backoff": "fixed", "delay": "8", "most": "18",
		"ordering": "account", "wait": slowest + "1"})
	w.must(err)
	list, err := w.practice.Receipts(ctx, who, page.Page{Limit: 1})
	w.must(err)
	if len(list) == 0 {
		w.Fatal("no receipt")
	}
	return list[0]
}

// certified is each page about a receipt, by its name.
func (w *world) certified(visitor, member *browser, who ids.ID) map[string]*shown {
	w.Helper()
	r := w.passes(who)
	at := "/receipts/" + r.ID.String()
	pages := map[string]*shown{"hidden": member.get(at)}
	_, err := w.practice.ShowReceipt(w.kit.Ctx, who, r.ID, true)
	w.must(err)
	pages["shown"], pages["on a profile"], pages["own ones"] = visitor.get(at), visitor.get("/@author?show=details"), member.get("/practice/receipts")
	return pages
}

// A receipt is its owner's alone until they show it; then it has a page for
// everybody, and stands on the profile.
func TestReceipts(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	ben := w.member("ben")
	a, b, visitor := w.signedIn("ann"), w.signedIn("ben"), w.browser()
	a.get("/practice/receipts").is(http.StatusOK).says("None yet", "All labs")
	visitor.get("/practice/receipts").is(http.StatusSeeOther) // to sign in
	r := w.passes(ann)
	at, deeds := "/receipts/"+r.ID.String(), "/practice/receipts/"+r.ID.String()
	hidden := func() {
		t.Helper()
		for _, x := range []*browser{b, visitor} {
			x.get(at).is(http.StatusNotFound)
			x.get(at + "/receipt.jws").is(http.StatusNotFound)
			if strings.Contains(x.get("/@ann?show=details").is(http.StatusOK).body, at) {
				t.Error("the profile shows what is hidden")
			}
		}
	}
	mine := func(x *browser) url.Values { return url.Values{"token": {x.get("/compose").token()}} }
	hidden()
	a.get(at).is(http.StatusOK).says("Only you see this page", "graded by a program", "Effect exactly once", r.Seed)
	list := a.get("/practice/receipts").is(http.StatusOK).says("only you see it", r.Title)
	b.get("/practice/receipts").says("None yet")
	b.do("POST", deeds+"/show", mine(b)).is(http.StatusNotFound)
	visitor.do("POST", deeds+"/show", nil).is(http.StatusSeeOther)
	hidden()

	list.submit(deeds + "/show").is(http.StatusSeeOther)
	a.get("/practice/receipts").says("everybody sees it")
	for _, x := range []*browser{b, visitor} {
		x.get(at).is(http.StatusOK).says(r.Title, "@ann", "How to verify it", r.Token)
		x.get("/@ann?show=details").says(r.Title).href(r.Title)
		file := x.get(at + "/receipt.jws").is(http.StatusOK)
		if h := file.header; h.Get("Content-Type") != "application/jose" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment; filename=receipt-") {
			t.Errorf("%v", h)
		}
		keys, err := w.practice.ReceiptKeys(w.kit.Ctx)
		w.must(err)
		if c, err := receipt.Verify(strings.TrimSpace(file.body), keys); err != nil || c.Member != w.base+"/@ann" {
			t.Errorf("%+v, %v", c, err)
		}
	}
	a.get(at).says("Everybody sees this page")
	_, err := w.profiles.Block(w.kit.Ctx, ann, ben)
	w.must(err)
	b.get(at).is(http.StatusNotFound)
	a.get(at).submit(deeds + "/hide").is(http.StatusSeeOther)
	a.get("/practice/receipts").says("only you see it")
	hidden()
	a.do("POST", deeds+"/burn", mine(a)).is(http.StatusNotFound)
	a.get("/receipts/x").is(http.StatusNotFound)
	a.get("/receipts/7").is(http.StatusNotFound)
	a.header.Set("Accept-Language", "es")
	a.get(at).says("Cómo comprobarlo", "Laboratorio L05")
}

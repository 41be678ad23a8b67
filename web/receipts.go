package web

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/receipt"
	"github.com/guildhall/guildhall/profiles"
)

const (
	receiptsPath = practicePath + "/receipts"
	receiptPath  = "/receipts" // of shown ones, for everybody
)

// receiptRoutes are the pages of what the server certifies.
func receiptRoutes() []route {
	return []route{
		{"GET " + receiptsPath, (*call).receipts, members},
		{"POST " + receiptsPath + "/{id}/{deed}", (*call).changeReceipt, members},
		{"GET " + receiptPath + "/{id}", (*call).receipt, everybody},
		{"GET " + receiptPath + "/{id}/receipt.jws", (*call).receiptFile, everybody},
	}
}

func (c *call) receipts() error {
	p := c.listPage()
	list, err := c.Practice.Receipts(c.r.Context(), c.user.ID, p)
	if err != nil {
		return err
	}
	older := ""
	if len(list) == p.Limit {
		older = receiptsPath + "?max_id=" + list[len(list)-1].ID.String()
	}
	return c.show(http.StatusOK, receiptsPage(c.private(c.words().Text("Receipts")), list, older))
}

// changeReceipt shows one of the reader's receipts or hides it.
func (c *call) changeReceipt() error {
	deed := c.r.PathValue("deed")
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok || deed != "show" && deed != "hide" {
		return errNoPage()
	}
	if _, err := c.Practice.ShowReceipt(c.r.Context(), c.user.ID, id, deed == "show"); err != nil {
		return err
	}
	return c.back()
}

// receiptData is what the page of a receipt shows.
type receiptData struct {
	*practice.Receipt
	Account *profiles.Account
	Own     bool
}

func (c *call) readableReceipt() (*practice.Receipt, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return nil, errNoPage()
	}
	return c.Practice.ShownReceipt(c.r.Context(), c.viewer(), id)
}

func (c *call) receipt() error {
	r, err := c.readableReceipt()
	if err != nil {
		return err
	}
	a, err := c.Profiles.Account(c.r.Context(), r.AccountID)
	if err != nil {
		return err
	}
	d := receiptData{r, a, r.AccountID == c.viewer()}
	f := c.frame(r.Title)
	f.NoIndex = !a.Indexable || !r.Shown
	if r.Shown {
		f.Preview = &preview{Type: "article", URL: c.config.BaseURL + receiptAddress(r), Title: r.Title,
			Text: nameOf(a) + ": " + c.words().Text("%s of %s points", c.words().Number(r.Score), c.words().Number(r.Most))}
	}
	return c.show(http.StatusOK, receiptPage(f, d))
}

// receiptFile sends the receipt itself.
func (c *call) receiptFile() error {
	r, err := c.readableReceipt()
	if err != nil {
		return err
	}
	c.asFile("application/jose", receiptFileName(r))
	_, err = c.w.Write([]byte(r.Token + "\n"))
	return err
}

func receiptAddress(r *practice.Receipt) string { return receiptPath + "/" + r.ID.String() }

// receiptFileName is what the file is called when it is kept.
func receiptFileName(r *practice.Receipt) string { return "receipt-" + r.ID.String() + ".jws" }

// shownReceipts is how many receipts a profile shows on its page.
const shownReceipts = 40

// receiptsOf are the receipts that an account shows the reader.
func (c *call) receiptsOf(account ids.ID) ([]*practice.Receipt, error) {
	return c.Practice.ShownReceipts(c.r.Context(), c.viewer(), account, page.Page{Limit: shownReceipts})
}

// receiptKind names what a receipt is about.
func receiptKind(ctx context.Context, r *practice.Receipt) string {
	if r.Kind == receipt.Card {
		return t(ctx, "Card %s", r.Subject)
	}
	return t(ctx, "Lab %s", r.Subject)
}

// receiptJudge says who has looked.
func receiptJudge(ctx context.Context, r *practice.Receipt) string {
	if r.Kind == receipt.Card {
		return count(ctx, r.Reviewers, "reviewed by %s peer|reviewed by %s peers")
	}
	return t(ctx, "graded by a program")
}

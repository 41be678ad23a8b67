package practice

import (
	"context"
	"strconv"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice/fsrs"
	"github.com/guildhall/guildhall/practice/lab"
	"github.com/guildhall/guildhall/practice/receipt"
	"github.com/guildhall/guildhall/profiles"
)

// Receipt is what the server certifies of a member: what is in it, and the signed
// text that shows it to anybody.
type Receipt struct {
	receipt.Claims
	ID        ids.ID // says when it was issued
	AccountID ids.ID
	Token     string
	Shown     bool // to everybody
}

// receiptRow is a row of practice_receipts.
type receiptRow struct {
	id, account ids.ID
	token       string
	shown       bool
}

func scanReceipt(r *receiptRow) []any { return []any{&r.id, &r.account, &r.token, &r.shown} }

const receiptColumns = "id, account_id, token, shown"

// made reads what a row's receipt says. It was signed here: nobody else writes
// the table.
func (r *receiptRow) made() (*Receipt, error) {
	c, err := receipt.Read(r.token)
	if err != nil {
		return nil, err
	}
	return &Receipt{*c, r.id, r.account, r.token, r.shown}, nil
}

// Receipts returns a member's own receipts, the newest first.
func (s *Service) Receipts(ctx context.Context, account ids.ID, p page.Page) ([]*Receipt, error) {
	return s.receipts(ctx, p, "account_id = $1", account)
}

// ShownReceipts returns the receipts that a member shows, the newest first:
// nothing if they are suspended or one blocks the other. The viewer 0 is
// nobody's. Returns NotFound if there is no such account.
func (s *Service) ShownReceipts(ctx context.Context, viewer, account ids.ID, p page.Page) ([]*Receipt, error) {
	if hidden, err := s.hiddenFrom(ctx, viewer, account); err != nil || hidden {
		return nil, err
	}
	return s.receipts(ctx, p, "account_id = $1 AND shown", account)
}

func (s *Service) receipts(ctx context.Context, p page.Page, where string, args ...any) ([]*Receipt, error) {
	end, args := p.SQL("id", args)
	rows, err := db.All(ctx, s.DB, scanReceipt, "SELECT "+receiptColumns+" FROM practice_receipts WHERE "+where+end, args...)
	if err != nil {
		return nil, err
	}
	list := make([]*Receipt, len(rows))
	for i, r := range page.Sort(p, rows) {
		if list[i], err = r.made(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// hiddenFrom tells whether what an account shows is not for a viewer.
func (s *Service) hiddenFrom(ctx context.Context, viewer, account ids.ID) (bool, error) {
	a, err := s.Profiles.Account(ctx, account)
	if err != nil || a.State.Is(profiles.Suspended) {
		return true, err
	}
	g, err := s.Profiles.Graph(ctx, viewer)
	if err != nil {
		return true, err
	}
	return g.Blocking[account] || g.BlockedBy[account], nil
}

// Receipt returns one of a member's own receipts. Returns NotFound for others.
func (s *Service) Receipt(ctx context.Context, account, id ids.ID) (*Receipt, error) {
	r, err := s.anyReceipt(ctx, id)
	if err == nil && r.AccountID != account {
		err = errs.NotFoundRecord()
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// ShownReceipt returns a receipt that a viewer may see: their own, or one that is
// shown by whom ShownReceipts lists. Returns NotFound for others.
func (s *Service) ShownReceipt(ctx context.Context, viewer, id ids.ID) (*Receipt, error) {
	r, err := s.anyReceipt(ctx, id)
	if err != nil {
		return nil, err
	}
	if viewer != 0 && r.AccountID == viewer {
		return r, nil
	}
	hidden, err := s.hiddenFrom(ctx, viewer, r.AccountID)
	if err != nil {
		return nil, err
	}
	if hidden || !r.Shown {
		return nil, errs.NotFoundRecord()
	}
	return r, nil
}

func (s *Service) anyReceipt(ctx context.Context, id ids.ID) (*Receipt, error) {
	r, err := db.One(ctx, s.DB, scanReceipt, "SELECT "+receiptColumns+" FROM practice_receipts WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	return r.made()
}

// ShowReceipt shows one of a member's own receipts to everybody, or hides it
// again; who has its text by then can go on showing it. Returns NotFound for
// others' receipts.
func (s *Service) ShowReceipt(ctx context.Context, account, id ids.ID, shown bool) (*Receipt, error) {
	n, err := db.Exec(ctx, s.DB, "UPDATE practice_receipts SET shown = $3 WHERE id = $1 AND account_id = $2", id, account, shown)
	if err == nil && n == 0 {
		err = errs.NotFoundRecord()
	}
	if err != nil {
		return nil, err
	}
	return s.Receipt(ctx, account, id)
}

// memberURL is what receipts call a member: the address of their page, whose
// name is never given to somebody else. It is asked for before a transaction.
func (s *Service) memberURL(ctx context.Context, account ids.ID) (string, error) {
	a, err := s.Profiles.Account(ctx, account)
	if err != nil {
		return "", err
	}
	return s.config.BaseURL + "/@" + a.Username, nil
}

// receiptOfLab writes the receipt of an attempt at a lab that has passed.
func (s *Service) receiptOfLab(ctx context.Context, tx *db.Tx, member string, a *LabAttempt, r *lab.Report) error {
	c := receipt.Claims{Member: member, Kind: receipt.Lab, Subject: a.LabID, Title: a.LabID, Version: strconv.Itoa(a.Version), Passed: r.Passed,
		Seed: strconv.FormatInt(a.seed, 10)}
	if l, ok := lab.Find(a.LabID); ok {
		c.Title = l.Title
	}
	for _, p := range r.Parts {
		c.Parts = append(c.Parts, receipt.Part{Name: p.Name, Points: p.Points, Most: p.Max})
	}
	return s.issue(ctx, tx, a.AccountID, a.ID, &c)
}

// receiptOfCard writes the receipt of an answer whose review by peers is done.
// Of each point the lowest of their marks counts, twice its weight if it is made;
// what is not good so gets none.
func (s *Service) receiptOfCard(ctx context.Context, tx *db.Tx, member string, a *Attempt, peers []Review) error {
	c := receipt.Claims{Member: member, Kind: receipt.Card, Subject: a.DeckID + "/" + a.CardID, Title: a.Card.Title, Version: a.Card.Hash, Passed: true, Reviewers: len(peers)}
	points := make([]fsrs.Marked, len(a.Card.Rubric))
	for i, p := range a.Card.Rubric {
		points[i] = fsrs.Marked{Must: p.Must, Weight: p.Weight, Mark: lowest(peers, p.ID)}
		c.Parts = append(c.Parts, receipt.Part{Name: p.ID, Points: p.Weight * int(points[i].Mark), Most: p.Weight * int(Yes)})
	}
	if _, rating := fsrs.Rate(points, 0, 0); rating < fsrs.Good {
		return nil
	}
	return s.issue(ctx, tx, a.AccountID, a.ID, &c)
}

// lowest is the lowest mark that reviews have given a point.
func lowest(all []Review, point string) Mark {
	mark, found := Yes, false
	for _, r := range all {
		for _, t := range r.Marks {
			if t.Point == point {
				mark, found = min(mark, t.Mark), true
			}
		}
	}
	if !found {
		return No
	}
	return mark
}

// issue signs a receipt and keeps it, hidden; once for an attempt.
func (s *Service) issue(ctx context.Context, tx *db.Tx, account, attempt ids.ID, c *receipt.Claims) error {
	key, err := s.signingKey(ctx, tx)
	if err != nil {
		return err
	}
	id := s.IDs.New(account)
	c.Issuer, c.ID, c.IssuedAt = s.config.BaseURL, id.String(), s.Now().Unix()
	for _, p := range c.Parts {
		c.Score, c.Most = c.Score+p.Points, c.Most+p.Most
	}
	token, err := receipt.Sign(c, key)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, "INSERT INTO practice_receipts (id, account_id, kind, attempt_id, token, shown) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (attempt_id, kind) DO NOTHING",
		id, account, string(c.Kind), attempt, token, false)
	return err
}

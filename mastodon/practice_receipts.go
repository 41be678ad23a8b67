package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
)

// receiptEntity is what the server certifies of a member. The token says the same,
// signed.
type receiptEntity struct {
	ID        ids.ID              `json:"id"`
	CreatedAt string              `json:"created_at"`
	AccountID ids.ID              `json:"account_id"`
	Kind      string              `json:"kind" enum:"lab,card"`
	Subject   string              `json:"subject"` // L01, or backend-core/be-013
	Title     string              `json:"title"`
	Version   string              `json:"version"` // of the lab, or the hash of the card's file
	Score     int                 `json:"score"`
	Most      int                 `json:"most"`
	Passed    bool                `json:"passed"`
	Parts     []receiptPartEntity `json:"parts"`
	Seed      string              `json:"seed"`      // of a lab's task
	Reviewers int                 `json:"reviewers"` // of a card's answer
	Shown     bool                `json:"shown"`
	URL       string              `json:"url"`   // of its page, which is everybody's if it is shown
	Token     string              `json:"token"` // JSON Web Signature
}

type receiptPartEntity struct {
	Name   string `json:"name"`
	Points int    `json:"points"`
	Most   int    `json:"most"`
}

func (s *server) receiptOf(r *practice.Receipt) receiptEntity {
	e := receiptEntity{ID: r.ID, CreatedAt: r.ID.Time().UTC().Format(timeFormat), AccountID: r.AccountID, Kind: string(r.Kind), Subject: r.Subject, Title: r.Title,
		Version: r.Version, Score: r.Score, Most: r.Most, Passed: r.Passed, Parts: make([]receiptPartEntity, len(r.Parts)), Seed: r.Seed, Reviewers: r.Reviewers,
		Shown: r.Shown, URL: s.config.BaseURL + "/receipts/" + r.ID.String(), Token: r.Token}
	for i, p := range r.Parts {
		e.Parts[i] = receiptPartEntity(p)
	}
	return e
}

// answerReceipts answers with a part of a list and the way to the others.
func (s *server) answerReceipts(c *Call, all []*practice.Receipt, err error) error {
	if err != nil {
		return err
	}
	out := make([]receiptEntity, len(all))
	for i, r := range all {
		out[i] = s.receiptOf(r)
	}
	if len(all) > 0 {
		c.Link(all[0].ID, all[len(all)-1].ID)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) answerReceipt(c *Call, r *practice.Receipt, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.receiptOf(r))
}

func (s *server) receipts(c *Call) error {
	all, err := s.Practice.Receipts(c.R.Context(), c.Viewer(), c.Page(practicePage, practicePageMax))
	return s.answerReceipts(c, all, err)
}

func (s *server) receipt(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	r, err := s.Practice.Receipt(c.R.Context(), c.Viewer(), id)
	return s.answerReceipt(c, r, err)
}

func (s *server) showReceipt(c *Call) error { return s.setReceiptShown(c, true) }

func (s *server) hideReceipt(c *Call) error { return s.setReceiptShown(c, false) }

func (s *server) setReceiptShown(c *Call, shown bool) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	r, err := s.Practice.ShowReceipt(c.R.Context(), c.Viewer(), id, shown)
	return s.answerReceipt(c, r, err)
}

// accountReceipts answers with what an account shows.
func (s *server) accountReceipts(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	all, err := s.Practice.ShownReceipts(c.R.Context(), c.Viewer(), id, c.Page(practicePage, practicePageMax))
	return s.answerReceipts(c, all, err)
}

// receiptKeysEntity is the key set of RFC 7517 by which receipts are verified.
type receiptKeysEntity struct {
	Issuer string             `json:"issuer"`
	Keys   []receiptKeyEntity `json:"keys"`
}

type receiptKeyEntity struct {
	Type      string `json:"kty" enum:"OKP"`
	Curve     string `json:"crv" enum:"Ed25519"`
	X         string `json:"x"`
	ID        string `json:"kid"`
	Use       string `json:"use" enum:"sig"`
	Algorithm string `json:"alg" enum:"EdDSA"`
}

func (s *server) receiptKeys(c *Call) error {
	keys, err := s.Practice.ReceiptKeys(c.R.Context())
	if err != nil {
		return err
	}
	e := receiptKeysEntity{Issuer: keys.Issuer, Keys: make([]receiptKeyEntity, len(keys.Keys))}
	for i, k := range keys.Keys {
		e.Keys[i] = receiptKeyEntity(k)
	}
	return c.JSON(http.StatusOK, e)
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/guildhall/guildhall/internal/fetch"
	"github.com/guildhall/guildhall/practice/receipt"
)

// ReceiptCheck says which receipt is verified, and by whose keys.
type ReceiptCheck struct {
	File string // -: In
	Keys string // a file or address of a key set; empty: the issuer's, which must be public and by https
	In   io.Reader
	Out  io.Writer
}

// receiptKeysPath is where issuers publish their keys.
const receiptKeysPath = "/.well-known/jwks.json"

// VerifyReceipt tells in words what a receipt proves. The error says why it
// proves nothing.
func VerifyReceipt(ctx context.Context, o ReceiptCheck) error {
	token, err := readSome(o.File, o.In)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(string(token))
	said, err := receipt.Read(text)
	if err != nil {
		return unproven(err)
	}
	keys, err := receiptKeys(ctx, o.Keys, said.Issuer)
	if err != nil {
		return unproven(err)
	}
	c, err := receipt.Verify(text, keys)
	if err != nil {
		return unproven(err)
	}
	return tellReceipt(o.Out, c)
}

func unproven(err error) error { return fmt.Errorf("this proves nothing: %w", err) }

// readSome reads a file, or in for "-", up to what a receipt may have and a line
// break.
func readSome(name string, in io.Reader) (text []byte, err error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // only read
		in = f
	}
	return io.ReadAll(io.LimitReader(in, receipt.Most+2))
}

// receiptKeys gets a key set. An address that is given is the caller's own and
// may be anywhere; one that the receipt gives may lead nowhere inside.
func receiptKeys(ctx context.Context, source, issuer string) (*receipt.Keys, error) {
	guard := fetch.Guard{}
	switch address := strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://"); {
	case source == "":
		u, err := url.Parse(issuer)
		if err != nil || u.Scheme != "https" || u.Host == "" {
			return nil, fmt.Errorf("its issuer %q has no https address to get keys from; give them by --keys", plain(issuer))
		}
		source = issuer + receiptKeysPath
	case !address:
		text, err := readSome(source, nil)
		if err != nil {
			return nil, err
		}
		return receipt.ReadKeys(text)
	default:
		guard.Allow = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	}
	client := fetch.New(fetch.Options{Guard: guard, Agent: "guildhall"})
	defer client.Close()
	d, err := client.Get(ctx, source, receipt.Most, "application/json", "application/jwk-set+json")
	if err != nil {
		return nil, fmt.Errorf("the keys at %s cannot be had: %w", plain(source), err)
	}
	if d.More {
		return nil, errors.New("the key set is too long")
	}
	if strings.HasPrefix(source, "https:") && d.URL.Scheme != "https" {
		return nil, errors.New("the address of the keys leads away from https")
	}
	return receipt.ReadKeys(d.Body)
}

// tellReceipt writes what a receipt that was verified says.
func tellReceipt(out io.Writer, c *receipt.Claims) error {
	issuer, member, title := plain(c.Issuer), plain(c.Member), plain(c.Title)
	passed := "passed"
	if !c.Passed {
		passed = "not passed"
	}
	about := fmt.Sprintf("the lab %s, %q, version %s, with the task of seed %s", plain(c.Subject), title, plain(c.Version), plain(c.Seed))
	how := "A program has graded the answer."
	if c.Kind == receipt.Card {
		about = fmt.Sprintf("the question %s, %q, version %s", plain(c.Subject), title, plain(c.Version))
		how = fmt.Sprintf("The answer was reviewed by peers: %d. Of each point the lowest mark counts.", c.Reviewers)
	}
	if _, err := fmt.Fprintf(out, "Genuine: signed by %s on %s.\n\nIt says that %s has answered\n%s:\n%s, %d of %d points. %s\n\n", issuer,
		time.Unix(c.IssuedAt, 0).UTC().Format("2 January 2006, 15:04 MST"), member, about, passed, c.Score, c.Most, how); err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, p := range c.Parts {
		if _, err := fmt.Fprintf(w, "  %s\t%d of %d\n", plain(p.Name), p.Points, p.Most); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nIt does not say who has sent it to you: whether they are %s, only that page can tell.\n", member)
	return err
}

// plain returns a text without what would move a terminal's cursor or colour it.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, text)
}

// RotateReceiptKey makes a new key for receipts and prints its name.
func (a *App) RotateReceiptKey(ctx context.Context, out io.Writer) error {
	kid, err := a.Practice.RotateReceiptKey(ctx)
	if err == nil {
		_, err = fmt.Fprintf(out, "Receipts are signed with the key %s from now on. Older ones stay valid: the older keys stay published.\n", kid)
	}
	return err
}

package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// EmailDomainBlock keeps addresses at a domain and its subdomains from being
// used at sign-up.
type EmailDomainBlock struct {
	ID      ids.ID
	Domain  string
	Soft    bool // they may sign up, and wait for approval
	History []AttemptDay
}

// AttemptDay is how often a block was met on one day (UTC).
type AttemptDay struct {
	Day      time.Time
	Attempts int
}

// CanonicalEmailBlock keeps one mailbox from signing up, however it is written.
type CanonicalEmailBlock struct {
	ID   ids.ID
	Hash string
}

const dayMillis = int64(24 * time.Hour / time.Millisecond)

// historyDays is how many days of attempts are told.
const historyDays = 7

// domainName returns a domain in lower case and ASCII, or false if it is none.
func domainName(text string) (string, bool) {
	name, err := idna.Lookup.ToASCII(strings.TrimSpace(text))
	return strings.ToLower(name), err == nil && strings.Contains(name, ".") && len(name) <= 253
}

// canonicalEmail returns the form in which spellings of one mailbox are the
// same: without dots and what follows a plus sign.
func canonicalEmail(normalized string) string {
	local, domain, _ := strings.Cut(normalized, "@")
	local, _, _ = strings.Cut(local, "+")
	return strings.ReplaceAll(local, ".", "") + "@" + domain
}

// CanonicalHash returns the hash by which a mailbox is blocked. Returns Invalid
// for what is no address.
func CanonicalHash(email string) (string, error) {
	normalized, ok := normalizeEmail(email)
	if !ok {
		return "", refused(map[string][]errs.Field{"email": {{Code: "ERR_INVALID", Text: "is not an e-mail address"}}})
	}
	sum := sha256.Sum256([]byte(canonicalEmail(normalized)))
	return hex.EncodeToString(sum[:]), nil
}

// emailAllowed tells whether a new user may have an address, and whether they
// must wait for approval then. Returns Invalid with Fields if not.
func (s *Service) emailAllowed(ctx context.Context, normalized string) (soft bool, err error) {
	hash, err := CanonicalHash(normalized)
	if err != nil {
		return false, err
	}
	_, err = db.Value[ids.ID](ctx, s.db, "SELECT id FROM identity_canonical_email_blocks WHERE hash = $1", hash)
	if !errs.Is(err, errs.NotFound) {
		if err == nil {
			err = errBlockedEmail()
		}
		return false, err
	}
	_, domain, _ := strings.Cut(normalized, "@")
	var names []string
	for name := domain; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		names = append(names, name)
	}
	if len(names) == 0 {
		return false, nil
	}
	in, args := db.In(nil, names)
	blocks, err := db.All(ctx, s.db, scanEmailDomain, "SELECT id, domain, soft FROM identity_email_domain_blocks WHERE domain IN "+in, args...)
	if err != nil || len(blocks) == 0 {
		return false, err
	}
	hard := false
	for _, b := range blocks {
		hard = hard || !b.Soft
		_, err := db.Exec(ctx, s.db, `INSERT INTO identity_email_domain_attempts (block_id, day, attempts) VALUES ($1, $2, 1)
			ON CONFLICT (block_id, day) DO UPDATE SET attempts = identity_email_domain_attempts.attempts + 1`, b.ID, s.millis()/dayMillis*dayMillis)
		if err != nil {
			return false, err
		}
	}
	if hard {
		return false, errBlockedEmail()
	}
	return true, nil
}

func errBlockedEmail() error {
	return refused(map[string][]errs.Field{"email": {{Code: "ERR_BLOCKED", Text: "may not be used here"}}})
}

func scanEmailDomain(b *EmailDomainBlock) []any { return []any{&b.ID, &b.Domain, &b.Soft} }

// EmailDomainBlocks lists the blocked domains, the latest first; with an id
// other than 0 that one alone.
func (s *Service) EmailDomainBlocks(ctx context.Context, id ids.ID, p page.Page) ([]EmailDomainBlock, error) {
	text, args := blockPage("SELECT id, domain, soft FROM identity_email_domain_blocks WHERE ", id, p)
	blocks, err := db.All(ctx, s.db, scanEmailDomain, text, args...)
	if err != nil || len(blocks) == 0 {
		return nil, err
	}
	return page.Sort(p, blocks), s.addAttempts(ctx, blocks)
}

// addAttempts fills the histories of blocks.
func (s *Service) addAttempts(ctx context.Context, blocks []EmailDomainBlock) error {
	today := s.millis() / dayMillis * dayMillis
	list := make([]ids.ID, len(blocks))
	for i := range blocks {
		list[i] = blocks[i].ID
	}
	type row struct {
		id  ids.ID
		day int64
		n   int
	}
	in, args := db.In([]any{today - (historyDays-1)*dayMillis}, list)
	rows, err := db.All(ctx, s.db, func(r *row) []any { return []any{&r.id, &r.day, &r.n} },
		"SELECT block_id, day, attempts FROM identity_email_domain_attempts WHERE day >= $1 AND block_id IN "+in, args...)
	if err != nil {
		return err
	}
	for i := range blocks {
		b := &blocks[i]
		b.History = make([]AttemptDay, historyDays)
		for d := range b.History {
			b.History[d].Day = fromMillis(today - int64(d)*dayMillis)
		}
		for _, r := range rows {
			if d := int((today - r.day) / dayMillis); r.id == b.ID && d >= 0 && d < historyDays {
				b.History[d].Attempts = r.n
			}
		}
	}
	return nil
}

// BlockEmailDomain blocks a domain. Returns Invalid if it is none or blocked.
func (s *Service) BlockEmailDomain(ctx context.Context, domain string, soft bool) (ids.ID, error) {
	name, ok := domainName(domain)
	if !ok {
		return 0, refused(map[string][]errs.Field{"domain": {{Code: "ERR_INVALID", Text: "is not a domain"}}})
	}
	id := s.ids.Global()
	n, err := db.Exec(ctx, s.db, "INSERT INTO identity_email_domain_blocks (id, domain, soft) VALUES ($1, $2, $3) ON CONFLICT (domain) DO NOTHING", id, name, soft)
	if err == nil && n == 0 {
		err = refused(map[string][]errs.Field{"domain": taken()})
	}
	return id, err
}

// UnblockEmailDomain takes it back. Returns NotFound if there is no such block.
func (s *Service) UnblockEmailDomain(ctx context.Context, id ids.ID) error {
	return s.deleteBlock(ctx, "DELETE FROM identity_email_domain_blocks WHERE id = $1", id)
}

func (s *Service) deleteBlock(ctx context.Context, text string, id ids.ID) error {
	n, err := db.Exec(ctx, s.db, text, id)
	if err == nil && n == 0 {
		err = errs.NotFoundRecord()
	}
	return err
}

func scanCanonical(b *CanonicalEmailBlock) []any { return []any{&b.ID, &b.Hash} }

// CanonicalEmailBlocks lists the blocked mailboxes, the latest first; with an
// id other than 0 or a hash that one alone.
func (s *Service) CanonicalEmailBlocks(ctx context.Context, id ids.ID, hash string, p page.Page) ([]CanonicalEmailBlock, error) {
	text, args := blockPage("SELECT id, hash FROM identity_canonical_email_blocks WHERE ", id, p)
	if hash != "" {
		text, args = "SELECT id, hash FROM identity_canonical_email_blocks WHERE hash = $1", []any{hash}
	}
	rows, err := db.All(ctx, s.db, scanCanonical, text, args...)
	return page.Sort(p, rows), err
}

// BlockCanonicalEmail blocks a mailbox by its hash. One that is blocked already
// is no error. Returns Invalid for what is no hash.
func (s *Service) BlockCanonicalEmail(ctx context.Context, hash string) (CanonicalEmailBlock, error) {
	hash = strings.ToLower(hash)
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
		return CanonicalEmailBlock{}, refused(map[string][]errs.Field{"canonical_email_hash": {{Code: "ERR_INVALID", Text: "is not a SHA-256 hash"}}})
	}
	if _, err := db.Exec(ctx, s.db, "INSERT INTO identity_canonical_email_blocks (id, hash) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING", s.ids.Global(), hash); err != nil {
		return CanonicalEmailBlock{}, err
	}
	return db.One(ctx, s.db, scanCanonical, "SELECT id, hash FROM identity_canonical_email_blocks WHERE hash = $1", hash)
}

// UnblockCanonicalEmail takes it back. Returns NotFound if there is no such block.
func (s *Service) UnblockCanonicalEmail(ctx context.Context, id ids.ID) error {
	return s.deleteBlock(ctx, "DELETE FROM identity_canonical_email_blocks WHERE id = $1", id)
}

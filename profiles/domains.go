package profiles

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/net/idna"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// DomainBlock is a domain of which an account wants to see nothing.
type DomainBlock struct {
	Cursor ids.ID
	Domain string // in lower case, in ASCII
}

// maxDomainBlocks bounds how many domains an account can block.
const maxDomainBlocks = 5000

// BlockDomain blocks a domain; twice is as good as once. Returns Invalid for what
// is no domain, and for too many.
func (s *Service) BlockDomain(ctx context.Context, me ids.ID, domain string) error {
	name, ok := normalDomain(domain)
	if !ok {
		return noDomain()
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM profiles_domain_blocks WHERE account_id = $1", me)
		if err != nil {
			return err
		}
		if n >= maxDomainBlocks {
			return errs.New(errs.Invalid, "Validation failed: Too many domains are blocked")
		}
		_, err = db.Exec(ctx, tx, "INSERT INTO profiles_domain_blocks (account_id, domain, id) VALUES ($1, $2, $3) ON CONFLICT (account_id, domain) DO NOTHING",
			me, name, s.ids.New(me))
		return err
	})
}

// UnblockDomain takes a block back; there need not be one. Returns Invalid for
// what is no domain.
func (s *Service) UnblockDomain(ctx context.Context, me ids.ID, domain string) error {
	name, ok := normalDomain(domain)
	if !ok {
		return noDomain()
	}
	_, err := db.Exec(ctx, s.db, "DELETE FROM profiles_domain_blocks WHERE account_id = $1 AND domain = $2", me, name)
	return err
}

// DomainBlocks lists the domains that I block, newest first.
func (s *Service) DomainBlocks(ctx context.Context, me ids.ID, p page.Page) ([]DomainBlock, error) {
	end, args := p.SQL("id", []any{me})
	rows, err := db.All(ctx, s.db, func(b *DomainBlock) []any { return []any{&b.Cursor, &b.Domain} },
		"SELECT id, domain FROM profiles_domain_blocks WHERE account_id = $1"+end, args...)
	return page.Sort(p, rows), err
}

// FollowsAt counts whom I follow on a domain and who follows me from there. Returns
// Invalid for what is no domain.
func (s *Service) FollowsAt(ctx context.Context, me ids.ID, domain string) (following, followers int, err error) {
	name, ok := normalDomain(domain)
	if !ok {
		return 0, 0, noDomain()
	}
	following, err1 := db.Value[int](ctx, s.db, `SELECT COUNT(*) FROM profiles_follows f WHERE f.from_id = $1 AND f.pending = FALSE
 AND EXISTS (SELECT 1 FROM profiles_accounts a WHERE a.id = f.to_id AND a.domain = $2)`, me, name)
	followers, err2 := db.Value[int](ctx, s.db, `SELECT COUNT(*) FROM profiles_follows f WHERE f.to_id = $1 AND f.pending = FALSE
 AND EXISTS (SELECT 1 FROM profiles_accounts a WHERE a.id = f.from_id AND a.domain = $2)`, me, name)
	return following, followers, errors.Join(err1, err2)
}

func noDomain() error {
	return &errs.Error{Kind: errs.Invalid, Text: "Validation failed: Domain is not a valid domain name",
		Fields: map[string][]errs.Field{"domain": {{Code: "ERR_INVALID", Text: "is not a valid domain name"}}}}
}

// normalDomain returns the one spelling of a domain that all its spellings stand
// for.
func normalDomain(typed string) (string, bool) {
	typed = strings.TrimSuffix(strings.TrimSpace(typed), ".")
	if len(typed) > 1000 {
		return "", false
	}
	name, err := idna.Lookup.ToASCII(typed)
	if err != nil || len(name) < 1 || len(name) > 253 || !strings.Contains(name, ".") || strings.Trim(name, "0123456789.") == "" {
		return "", false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return "", false
		}
	}
	return strings.ToLower(name), true
}

package moderation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// DomainAllow names a server that may talk to this one.
type DomainAllow struct {
	ID     ids.ID
	Domain string
}

// DomainBlock names a server that may not, or not as others may.
type DomainBlock struct {
	ID             ids.ID
	Domain         string
	Severity       string // silence, suspend, noop
	RejectMedia    bool
	RejectReports  bool
	PrivateComment string
	PublicComment  string
	Obfuscate      bool // in the public list
}

// CreatedAt is when the domain was allowed.
func (d DomainAllow) CreatedAt() time.Time { return d.ID.Time() }

// Digest is the SHA-256 of the domain.
func (d DomainBlock) Digest() string {
	sum := sha256.Sum256([]byte(d.Domain))
	return hex.EncodeToString(sum[:])
}

// Shown returns the domain as the public list shows it: obfuscated, only the
// ends of its name can be read.
func (d DomainBlock) Shown() string {
	if !d.Obfuscate {
		return d.Domain
	}
	keep := len(d.Domain) / 4
	hidden := strings.Map(func(r rune) rune {
		if r == '.' {
			return r
		}
		return '*'
	}, d.Domain[keep:len(d.Domain)-keep])
	return d.Domain[:keep] + hidden + d.Domain[len(d.Domain)-keep:]
}

// domainName returns a domain in lower case and ASCII, or false if it is none.
func domainName(text string) (string, bool) {
	name, err := idna.Lookup.ToASCII(strings.TrimSpace(text))
	return strings.ToLower(name), err == nil && strings.Contains(name, ".") && len(name) <= 253
}

func scanAllow(d *DomainAllow) []any { return []any{&d.ID, &d.Domain} }

// DomainAllows lists the allowed servers, the latest first; with an id other
// than 0 that one alone.
func (s *Service) DomainAllows(ctx context.Context, id ids.ID, p page.Page) ([]DomainAllow, error) {
	text, args := byID("SELECT id, domain FROM moderation_domain_allows WHERE ", id)
	end, args := p.SQL("id", args)
	rows, err := db.All(ctx, s.DB, scanAllow, text+end, args...)
	return page.Sort(p, rows), err
}

// byID ends a statement with its WHERE clause: one row, or all.
func byID(text string, id ids.ID) (string, []any) {
	if id != 0 {
		return text + "id = $1", []any{id}
	}
	return text + "id > 0", nil
}

// AllowDomain allows a server; one that is allowed already is no error. Returns
// Invalid for what is no domain.
func (s *Service) AllowDomain(ctx context.Context, by Actor, domain string) (DomainAllow, error) {
	name, ok := domainName(domain)
	if !ok {
		return DomainAllow{}, invalid("domain", "ERR_INVALID", "is not a domain")
	}
	var d DomainAllow
	err := s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "INSERT INTO moderation_domain_allows (id, domain) VALUES ($1, $2) ON CONFLICT (domain) DO NOTHING", s.IDs.Global(), name)
		if err != nil {
			return err
		}
		if d, err = db.One(ctx, tx, scanAllow, "SELECT id, domain FROM moderation_domain_allows WHERE domain = $1", name); err != nil || n == 0 {
			return err
		}
		return s.record(ctx, tx, by, Entry{Action: "create", Kind: "domain_allow", TargetID: d.ID, Target: name})
	})
	return d, err
}

// DisallowDomain takes it back. Returns NotFound if there is no such row.
func (s *Service) DisallowDomain(ctx context.Context, by Actor, id ids.ID) error {
	return s.dropDomain(ctx, by, "domain_allow", "DELETE FROM moderation_domain_allows WHERE id = $1 RETURNING domain", id)
}

func (s *Service) dropDomain(ctx context.Context, by Actor, kind, text string, id ids.ID) error {
	return s.write(ctx, func(tx *db.Tx) error {
		name, err := db.Value[string](ctx, tx, text, id)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, by, Entry{Action: "destroy", Kind: kind, TargetID: id, Target: name})
	})
}

const blockColumns = "id, domain, severity, reject_media, reject_reports, private_comment, public_comment, obfuscate"

func scanBlock(d *DomainBlock) []any {
	return []any{&d.ID, &d.Domain, &d.Severity, &d.RejectMedia, &d.RejectReports, &d.PrivateComment, &d.PublicComment, &d.Obfuscate}
}

// DomainBlocks lists the blocked servers, the latest first; with an id other
// than 0 that one alone.
func (s *Service) DomainBlocks(ctx context.Context, id ids.ID, p page.Page) ([]DomainBlock, error) {
	text, args := byID("SELECT "+blockColumns+" FROM moderation_domain_blocks WHERE ", id)
	end, args := p.SQL("id", args)
	rows, err := db.All(ctx, s.DB, scanBlock, text+end, args...)
	return page.Sort(p, rows), err
}

// domainCommentMax bounds each comment of a block, in characters.
const domainCommentMax = 2000

// SetDomainBlock blocks a server, or changes the block with d's id, whose domain
// stays. Returns Invalid for what is no domain, one that is blocked already, an
// unknown severity or a comment that is too long; NotFound for an unknown id.
func (s *Service) SetDomainBlock(ctx context.Context, by Actor, d DomainBlock) (DomainBlock, error) {
	name, ok := domainName(d.Domain)
	switch {
	case !ok && d.ID == 0:
		return d, invalid("domain", "ERR_INVALID", "is not a domain")
	case d.Severity != "silence" && d.Severity != "suspend" && d.Severity != "noop":
		return d, invalid("severity", "ERR_INCLUSION", "is not one of silence, suspend, noop")
	case utf8.RuneCountInString(d.PrivateComment) > domainCommentMax || utf8.RuneCountInString(d.PublicComment) > domainCommentMax:
		return d, invalid("private_comment", "ERR_TOO_LONG", "is too long (maximum is 2000 characters)")
	}
	made := d.ID == 0
	err := s.write(ctx, func(tx *db.Tx) error {
		word, id := "update", d.ID
		text := `UPDATE moderation_domain_blocks SET severity = $3, reject_media = $4, reject_reports = $5, private_comment = $6, public_comment = $7, obfuscate = $8
			WHERE id = $1 AND CAST($2 AS TEXT) IS NOT NULL` // one list of arguments for both
		if made {
			word, id = "create", s.IDs.Global()
			text = "INSERT INTO moderation_domain_blocks (" + blockColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (domain) DO NOTHING"
		}
		n, err := db.Exec(ctx, tx, text, id, name, d.Severity, d.RejectMedia, d.RejectReports, d.PrivateComment, d.PublicComment, d.Obfuscate)
		switch {
		case err != nil:
			return err
		case n == 0 && made:
			return invalid("domain", "ERR_TAKEN", "has already been taken")
		case n == 0:
			return errs.NotFoundRecord()
		}
		if d, err = db.One(ctx, tx, scanBlock, "SELECT "+blockColumns+" FROM moderation_domain_blocks WHERE id = $1", id); err != nil {
			return err
		}
		return s.record(ctx, tx, by, Entry{Action: word, Kind: "domain_block", TargetID: id, Target: d.Domain, Details: d.Severity})
	})
	return d, err
}

// UnblockDomain takes a block back. Returns NotFound if there is none.
func (s *Service) UnblockDomain(ctx context.Context, by Actor, id ids.ID) error {
	return s.dropDomain(ctx, by, "domain_block", "DELETE FROM moderation_domain_blocks WHERE id = $1 RETURNING domain", id)
}

package mastodon

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
)

// The lists of whom and what the house keeps out are all alike: resource says
// how one is read, and what its rows look like.
type resource[R, E any] struct {
	read   func(s *server, ctx context.Context, id ids.ID, p page.Page) ([]R, error)
	id     func(R) ids.ID
	entity func(R) E
}

func (r resource[R, E]) list(s *server, c *Call) error {
	rows, err := r.read(s, c.R.Context(), 0, c.Page(adminPage, adminPageMax))
	if err != nil {
		return err
	}
	out := make([]E, len(rows))
	for i, row := range rows {
		out[i] = r.entity(row)
	}
	if len(rows) > 0 {
		c.Link(r.id(rows[0]), r.id(rows[len(rows)-1]))
	}
	return c.JSON(http.StatusOK, out)
}

func (r resource[R, E]) one(s *server, c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return r.answer(s, c, id)
}

// find returns one row, or NotFound.
func (r resource[R, E]) find(s *server, c *Call, id ids.ID) (R, error) {
	rows, err := r.read(s, c.R.Context(), id, page.Page{Limit: 1})
	if err == nil && len(rows) == 0 {
		err = errs.NotFoundRecord()
	}
	if err != nil {
		var none R
		return none, err
	}
	return rows[0], nil
}

func (r resource[R, E]) answer(s *server, c *Call, id ids.ID) error {
	row, err := r.find(s, c, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r.entity(row))
}

// removing makes the handler that deletes one by do.
func removing(do func(s *server, c *Call, id ids.ID) error) func(*server, *Call) error {
	return func(s *server, c *Call) error {
		id, err := c.PathID("id")
		if err != nil {
			return err
		}
		if err := do(s, c, id); err != nil {
			return err
		}
		return s.emptyObject(c)
	}
}

// logged records what is about to be done to what another room keeps.
func (s *server) logged(c *Call, action, kind string, id ids.ID, target string) error {
	return s.Moderation.Record(c.R.Context(), c.actor(), moderation.Entry{Action: action, Kind: kind, TargetID: id, Target: target})
}

func created(id ids.ID) string { return id.Time().UTC().Format(timeFormat) }

// domainAllowEntity is Admin::DomainAllow of the API.
type domainAllowEntity struct {
	ID        ids.ID `json:"id"`
	Domain    string `json:"domain"`
	CreatedAt string `json:"created_at"`
}

var domainAllows = resource[moderation.DomainAllow, domainAllowEntity]{
	read: func(s *server, ctx context.Context, id ids.ID, p page.Page) ([]moderation.DomainAllow, error) {
		return s.Moderation.DomainAllows(ctx, id, p)
	},
	id: func(d moderation.DomainAllow) ids.ID { return d.ID },
	entity: func(d moderation.DomainAllow) domainAllowEntity {
		return domainAllowEntity{d.ID, d.Domain, created(d.ID)}
	},
}

type adminDomainParams struct {
	Domain string `param:"domain"`
}

func (s *server) allowDomain(c *Call) error {
	var in adminDomainParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	d, err := s.Moderation.AllowDomain(c.R.Context(), c.actor(), in.Domain)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, domainAllows.entity(d))
}

func disallowDomain(s *server, c *Call, id ids.ID) error {
	return s.Moderation.DisallowDomain(c.R.Context(), c.actor(), id)
}

func adminUnblockDomain(s *server, c *Call, id ids.ID) error {
	return s.Moderation.UnblockDomain(c.R.Context(), c.actor(), id)
}

// adminDomainBlockEntity is Admin::DomainBlock of the API.
type adminDomainBlockEntity struct {
	ID             ids.ID  `json:"id"`
	Domain         string  `json:"domain"`
	Digest         string  `json:"digest"`
	CreatedAt      string  `json:"created_at"`
	Severity       string  `json:"severity"`
	RejectMedia    bool    `json:"reject_media"`
	RejectReports  bool    `json:"reject_reports"`
	PrivateComment *string `json:"private_comment"`
	PublicComment  *string `json:"public_comment"`
	Obfuscate      bool    `json:"obfuscate"`
}

var domainBlocks = resource[moderation.DomainBlock, adminDomainBlockEntity]{
	read: func(s *server, ctx context.Context, id ids.ID, p page.Page) ([]moderation.DomainBlock, error) {
		return s.Moderation.DomainBlocks(ctx, id, p)
	},
	id: func(d moderation.DomainBlock) ids.ID { return d.ID },
	entity: func(d moderation.DomainBlock) adminDomainBlockEntity {
		return adminDomainBlockEntity{d.ID, d.Domain, d.Digest(), created(d.ID), d.Severity, d.RejectMedia, d.RejectReports,
			orNil(d.PrivateComment), orNil(d.PublicComment), d.Obfuscate}
	},
}

type adminDomainBlockParams struct {
	Domain         string  `param:"domain"`
	Severity       *string `param:"severity"`
	RejectMedia    *bool   `param:"reject_media"`
	RejectReports  *bool   `param:"reject_reports"`
	PrivateComment *string `param:"private_comment"`
	PublicComment  *string `param:"public_comment"`
	Obfuscate      *bool   `param:"obfuscate"`
}

func setIf[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (s *server) adminBlockDomain(c *Call) error {
	return s.setDomainBlock(c, moderation.DomainBlock{Severity: "silence"})
}

func (s *server) changeDomainBlock(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	old, err := domainBlocks.find(s, c, id)
	if err != nil {
		return err
	}
	return s.setDomainBlock(c, old)
}

func (s *server) setDomainBlock(c *Call, d moderation.DomainBlock) error {
	var in adminDomainBlockParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if d.ID == 0 {
		d.Domain = in.Domain
	}
	setIf(&d.Severity, in.Severity)
	setIf(&d.RejectMedia, in.RejectMedia)
	setIf(&d.RejectReports, in.RejectReports)
	setIf(&d.PrivateComment, in.PrivateComment)
	setIf(&d.PublicComment, in.PublicComment)
	setIf(&d.Obfuscate, in.Obfuscate)
	d, err := s.Moderation.SetDomainBlock(c.R.Context(), c.actor(), d)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, domainBlocks.entity(d))
}

// emailDomainBlockEntity is Admin::EmailDomainBlock of the API.
type emailDomainBlockEntity struct {
	ID                ids.ID       `json:"id"`
	Domain            string       `json:"domain"`
	CreatedAt         string       `json:"created_at"`
	AllowWithApproval bool         `json:"allow_with_approval"`
	History           []attemptDay `json:"history"`
}

// attemptDay counts sign-ups that met a block, each of which wanted an account.
type attemptDay struct {
	Day      string `json:"day"`
	Accounts string `json:"accounts"`
	Uses     string `json:"uses"`
}

var emailDomainBlocks = resource[identity.EmailDomainBlock, emailDomainBlockEntity]{
	read: func(s *server, ctx context.Context, id ids.ID, p page.Page) ([]identity.EmailDomainBlock, error) {
		return s.Identity.EmailDomainBlocks(ctx, id, p)
	},
	id: func(b identity.EmailDomainBlock) ids.ID { return b.ID },
	entity: func(b identity.EmailDomainBlock) emailDomainBlockEntity {
		e := emailDomainBlockEntity{ID: b.ID, Domain: b.Domain, CreatedAt: created(b.ID), AllowWithApproval: b.Soft, History: make([]attemptDay, len(b.History))}
		for i, d := range b.History {
			n := strconv.Itoa(d.Attempts)
			e.History[i] = attemptDay{strconv.FormatInt(d.Day.Unix(), 10), n, n}
		}
		return e
	},
}

type emailDomainParams struct {
	Domain            string `param:"domain"`
	AllowWithApproval bool   `param:"allow_with_approval"`
}

func (s *server) blockEmailDomain(c *Call) error {
	var in emailDomainParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if err := s.logged(c, "create", "email_domain_block", 0, in.Domain); err != nil {
		return err
	}
	id, err := s.Identity.BlockEmailDomain(c.R.Context(), in.Domain, in.AllowWithApproval)
	if err != nil {
		return err
	}
	return emailDomainBlocks.answer(s, c, id)
}

func unblockEmailDomain(s *server, c *Call, id ids.ID) error {
	b, err := emailDomainBlocks.find(s, c, id)
	if err != nil {
		return err
	}
	if err := s.logged(c, "destroy", "email_domain_block", id, b.Domain); err != nil {
		return err
	}
	return s.Identity.UnblockEmailDomain(c.R.Context(), id)
}

// canonicalEmailEntity is Admin::CanonicalEmailBlock of the API.
type canonicalEmailEntity struct {
	ID   ids.ID `json:"id"`
	Hash string `json:"canonical_email_hash"`
}

var canonicalEmails = resource[identity.CanonicalEmailBlock, canonicalEmailEntity]{
	read: func(s *server, ctx context.Context, id ids.ID, p page.Page) ([]identity.CanonicalEmailBlock, error) {
		return s.Identity.CanonicalEmailBlocks(ctx, id, "", p)
	},
	id:     func(b identity.CanonicalEmailBlock) ids.ID { return b.ID },
	entity: func(b identity.CanonicalEmailBlock) canonicalEmailEntity { return canonicalEmailEntity{b.ID, b.Hash} },
}

type canonicalEmailParams struct {
	Email string `param:"email"`
	Hash  string `param:"canonical_email_hash"`
}

func (s *server) blockCanonicalEmail(c *Call) error {
	var in canonicalEmailParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if in.Email != "" {
		var err error
		if in.Hash, err = identity.CanonicalHash(in.Email); err != nil {
			return err
		}
	}
	if err := s.logged(c, "create", "canonical_email_block", 0, cutText(in.Hash, 64)); err != nil {
		return err
	}
	b, err := s.Identity.BlockCanonicalEmail(c.R.Context(), in.Hash)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, canonicalEmails.entity(b))
}

// cutText bounds what is logged of what somebody sent.
func cutText(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }

func unblockCanonicalEmail(s *server, c *Call, id ids.ID) error {
	b, err := canonicalEmails.find(s, c, id)
	if err != nil {
		return err
	}
	if err := s.logged(c, "destroy", "canonical_email_block", id, b.Hash); err != nil {
		return err
	}
	return s.Identity.UnblockCanonicalEmail(c.R.Context(), id)
}

type testEmailParams struct {
	Email string `param:"email"`
}

// testCanonicalEmail answers with the blocks that an address would meet.
func (s *server) testCanonicalEmail(c *Call) error {
	var in testEmailParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	hash, err := identity.CanonicalHash(in.Email)
	if err != nil {
		return err
	}
	rows, err := s.Identity.CanonicalEmailBlocks(c.R.Context(), 0, hash, page.Page{Limit: 1})
	if err != nil {
		return err
	}
	out := make([]canonicalEmailEntity, len(rows))
	for i, b := range rows {
		out[i] = canonicalEmails.entity(b)
	}
	return c.JSON(http.StatusOK, out)
}

// ipBlockEntity is Admin::IpBlock of the API.
type ipBlockEntity struct {
	ID        ids.ID  `json:"id"`
	IP        string  `json:"ip"`
	Severity  string  `json:"severity"`
	Comment   string  `json:"comment"`
	CreatedAt string  `json:"created_at"`
	ExpiresAt *string `json:"expires_at"`
}

var ipBlocks = resource[identity.IPBlock, ipBlockEntity]{
	read: func(s *server, ctx context.Context, id ids.ID, p page.Page) ([]identity.IPBlock, error) {
		return s.Identity.IPBlocks(ctx, id, p)
	},
	id: func(b identity.IPBlock) ids.ID { return b.ID },
	entity: func(b identity.IPBlock) ipBlockEntity {
		return ipBlockEntity{b.ID, b.Network.String(), string(b.Severity), b.Comment, created(b.ID), timestamp(b.Expires)}
	},
}

type ipBlockParams struct {
	IP        *string `param:"ip"`
	Severity  *string `param:"severity"`
	Comment   *string `param:"comment"`
	ExpiresIn *int    `param:"expires_in"` // seconds
}

func (s *server) blockIP(c *Call) error { return s.setIPBlock(c, "create", identity.IPBlock{}) }

func (s *server) changeIPBlock(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	old, err := ipBlocks.find(s, c, id)
	if err != nil {
		return err
	}
	return s.setIPBlock(c, "update", old)
}

// blockTimeMax bounds how long a block with an end lasts, in seconds.
const blockTimeMax = 10 * 366 * 24 * 3600

func (s *server) setIPBlock(c *Call, word string, b identity.IPBlock) error {
	var in ipBlockParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if in.IP != nil {
		b.Network = network(*in.IP)
	}
	setIf(&b.Severity, (*identity.Severity)(in.Severity))
	setIf(&b.Comment, in.Comment)
	if in.ExpiresIn != nil {
		if *in.ExpiresIn <= 0 || *in.ExpiresIn > blockTimeMax {
			return wrongType("expires_in", "must be a number of seconds within ten years")
		}
		b.Expires = s.Now().Add(time.Duration(*in.ExpiresIn) * time.Second).Truncate(time.Millisecond)
	}
	if err := s.logged(c, word, "ip_block", b.ID, b.Network.String()); err != nil {
		return err
	}
	b, err := s.Identity.SetIPBlock(c.R.Context(), b)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, ipBlocks.entity(b))
}

// network reads a network, or an address as one of one; the zero value for what
// is neither.
func network(text string) netip.Prefix {
	if p, err := netip.ParsePrefix(text); err == nil && !p.Addr().Is4In6() {
		return p.Masked()
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen())
}

func unblockIP(s *server, c *Call, id ids.ID) error {
	b, err := ipBlocks.find(s, c, id)
	if err != nil {
		return err
	}
	if err := s.logged(c, "destroy", "ip_block", id, b.Network.String()); err != nil {
		return err
	}
	return s.Identity.RemoveIPBlock(c.R.Context(), id)
}

// domainBlockEntity is DomainBlock of the API: what members may know.
type domainBlockEntity struct {
	Domain   string  `json:"domain"`
	Digest   string  `json:"digest"`
	Severity string  `json:"severity" enum:"silence,suspend"`
	Comment  *string `json:"comment"`
}

// publicBlocksMax bounds the public list.
const publicBlocksMax = 5000

// instanceDomainBlocks tells members which servers are blocked, if the operator
// wants that to be known.
func (s *server) instanceDomainBlocks(c *Call) error {
	out := []domainBlockEntity{}
	if !s.config.ShowDomainBlocks {
		return c.JSON(http.StatusOK, out)
	}
	rows, err := s.Moderation.DomainBlocks(c.R.Context(), 0, page.Page{Limit: publicBlocksMax})
	if err != nil {
		return err
	}
	for _, d := range rows {
		if d.Severity != "noop" {
			out = append(out, domainBlockEntity{d.Shown(), d.Digest(), d.Severity, orNil(d.PublicComment)})
		}
	}
	return c.JSON(http.StatusOK, out)
}

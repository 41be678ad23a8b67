package web

import (
	"net/http"
	"net/netip"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
)

// blockRoutes are the page of what the house keeps out.
func blockRoutes() []route {
	return []route{
		{"GET " + blocksPath, (*call).blocks, forBlocks},
		{"POST " + blocksPath + "/{kind}", (*call).block, forBlocks},
		{"POST " + blocksPath + "/{kind}/{id}/remove", (*call).unblock, forBlocks},
	}
}

// bansData is what the page of blocks shows.
type bansData struct {
	Mails    []identity.EmailDomainBlock
	Networks []identity.IPBlock
	Domains  []moderation.DomainBlock
	Allowed  []moderation.DomainAllow
	Boxes    []identity.CanonicalEmailBlock
	Kind     string // the form that was sent, with what was typed and what is wrong with it
	Typed    string
	Severity string
	Comment  string
	Wrong    []errs.Field
}

// of returns what was typed into a form, if it was sent.
func (d bansData) of(kind string) bansData {
	if d.Kind != kind {
		return bansData{Kind: kind}
	}
	return d
}

// severity is what a block does, in the words of its form.
type severity struct{ value, name string }

// severities are what the blocks of a kind can do.
var severities = map[string][]severity{
	"email":  {{"block", "No sign-up"}, {"approval", "Sign-up needs approval"}},
	"ip":     {{string(identity.NeedsApproval), "Sign-up needs approval"}, {string(identity.NoSignUp), "No sign-up"}, {string(identity.NoAccess), "No access at all"}},
	"domain": {{"silence", "Limit"}, {"suspend", "Suspend"}, {"noop", "Only note it"}},
	"box":    {}, // one mailbox, however it is written
	"allow":  {}, // another server
}

// severityName is what a severity of a kind is called.
func severityName(kind, value string) string {
	for _, s := range severities[kind] {
		if s.value == value {
			return s.name
		}
	}
	return value
}

// mailSeverity is the severity of a block of an e-mail domain.
func mailSeverity(b identity.EmailDomainBlock) string {
	if b.Soft {
		return "approval"
	}
	return "block"
}

func (c *call) blocks() error { return c.showBlocks(http.StatusOK, bansData{}) }

// blocksShown is how many blocks of a kind the page shows.
const blocksShown = 200

func (c *call) showBlocks(status int, d bansData) error {
	ctx, p := c.r.Context(), page.Page{Limit: blocksShown}
	var err error
	if d.Mails, err = c.Identity.EmailDomainBlocks(ctx, 0, p); err != nil {
		return err
	}
	if d.Networks, err = c.Identity.IPBlocks(ctx, 0, p); err != nil {
		return err
	}
	if d.Domains, err = c.Moderation.DomainBlocks(ctx, 0, p); err != nil {
		return err
	}
	if d.Allowed, err = c.Moderation.DomainAllows(ctx, 0, p); err != nil {
		return err
	}
	if d.Boxes, err = c.Identity.CanonicalEmailBlocks(ctx, 0, "", p); err != nil {
		return err
	}
	return c.show(status, bansPage(c.private(c.words().Text("Blocks")), d))
}

// block makes a block of the kind that the address names.
func (c *call) block() error {
	kind := c.r.PathValue("kind")
	if severities[kind] == nil {
		return errNoPage()
	}
	d := bansData{Kind: kind, Typed: c.field(kind), Severity: c.field(kind + "-severity"), Comment: c.field(kind + "-comment")}
	err := c.setBlock(d)
	if wrong := mistakesOf(err); wrong != nil {
		d.Wrong = wrong.all()
		return c.showBlocks(http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	return c.goTo(blocksPath)
}

func (c *call) setBlock(d bansData) error {
	ctx := c.r.Context()
	switch d.Kind {
	case "email":
		if err := c.record("create", "email_domain_block", 0, cut(d.Typed, 253)); err != nil {
			return err
		}
		_, err := c.Identity.BlockEmailDomain(ctx, d.Typed, d.Severity == "approval")
		return err
	case "box":
		hash, err := identity.CanonicalHash(d.Typed)
		if err != nil {
			return err
		}
		if err := c.record("create", "canonical_email_block", 0, hash); err != nil {
			return err
		}
		_, err = c.Identity.BlockCanonicalEmail(ctx, hash)
		return err
	case "allow":
		_, err := c.Moderation.AllowDomain(ctx, c.actor(), d.Typed)
		return err
	case "ip":
		network, err := netip.ParsePrefix(d.Typed)
		if err != nil {
			address, err := netip.ParseAddr(d.Typed)
			if err != nil || address.Zone() != "" {
				return errs.New(errs.Invalid, c.words().Text("That is no IP address or network, like 192.0.2.0/24"))
			}
			network = netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen())
		}
		if network.Masked().Contains(netip.MustParseAddr(c.address())) && d.Severity == string(identity.NoAccess) {
			return errs.New(errs.Invalid, c.words().Text("Your own address is in that network"))
		}
		if err := c.record("create", "ip_block", 0, network.Masked().String()); err != nil {
			return err
		}
		_, err = c.Identity.SetIPBlock(ctx, identity.IPBlock{Network: network.Masked(), Severity: identity.Severity(d.Severity), Comment: d.Comment})
		return err
	}
	_, err := c.Moderation.SetDomainBlock(ctx, c.actor(), moderation.DomainBlock{Domain: d.Typed, Severity: d.Severity, PrivateComment: d.Comment})
	return err
}

// record writes into the log what is about to be done.
func (c *call) record(action, kind string, id ids.ID, target string) error {
	return c.Moderation.Record(c.r.Context(), c.actor(), moderation.Entry{Action: action, Kind: kind, TargetID: id, Target: target})
}

// unblock takes a block back.
func (c *call) unblock() error {
	id, err := c.pathID()
	if err != nil {
		return err
	}
	switch c.r.PathValue("kind") {
	case "email":
		err = c.unblockMail(id)
	case "ip":
		err = c.unblockNetwork(id)
	case "box":
		err = c.unblockBox(id)
	case "allow":
		err = c.Moderation.DisallowDomain(c.r.Context(), c.actor(), id)
	case "domain":
		err = c.Moderation.UnblockDomain(c.r.Context(), c.actor(), id)
	default:
		err = errNoPage()
	}
	if err != nil {
		return err
	}
	return c.goTo(blocksPath)
}

func (c *call) unblockMail(id ids.ID) error {
	list, err := c.Identity.EmailDomainBlocks(c.r.Context(), id, page.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errNoPage()
	}
	if err := c.record("destroy", "email_domain_block", id, list[0].Domain); err != nil {
		return err
	}
	return c.Identity.UnblockEmailDomain(c.r.Context(), id)
}

func (c *call) unblockBox(id ids.ID) error {
	list, err := c.Identity.CanonicalEmailBlocks(c.r.Context(), id, "", page.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errNoPage()
	}
	if err := c.record("destroy", "canonical_email_block", id, list[0].Hash); err != nil {
		return err
	}
	return c.Identity.UnblockCanonicalEmail(c.r.Context(), id)
}

func (c *call) unblockNetwork(id ids.ID) error {
	list, err := c.Identity.IPBlocks(c.r.Context(), id, page.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errNoPage()
	}
	if err := c.record("destroy", "ip_block", id, list[0].Network.String()); err != nil {
		return err
	}
	return c.Identity.RemoveIPBlock(c.r.Context(), id)
}

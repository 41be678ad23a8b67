package identity

import (
	"context"
	"net/netip"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Severity is what a network may not do.
type Severity string

// The severities, from mild to harsh.
const (
	NeedsApproval Severity = "sign_up_requires_approval"
	NoSignUp      Severity = "sign_up_block"
	NoAccess      Severity = "no_access"
)

func (s Severity) valid() bool { return s == NeedsApproval || s == NoSignUp || s == NoAccess }

// IPBlock is what a network may not do.
type IPBlock struct {
	ID       ids.ID
	Network  netip.Prefix
	Severity Severity
	Comment  string
	Expires  time.Time // zero: never
}

// networks are the blocks as they are asked for each request: a look-up for
// each length of prefix that occurs.
type networks struct {
	lengths []netip.Prefix // one of each length and family
	of      map[netip.Prefix][]IPBlock
}

// commentMax bounds a block's comment, in characters.
const commentMax = 2000

// ipRow is a block as stored.
type ipRow struct {
	IPBlock
	network string
	expires int64
}

// blockPage ends a statement, which ends with WHERE, so that it lists blocks; with
// an id other than 0 that one alone.
func blockPage(text string, id ids.ID, p page.Page) (string, []any) {
	which, args := "id > 0", []any(nil)
	if id != 0 {
		which, args = "id = $1", []any{id}
	}
	end, args := p.SQL("id", args)
	return text + which + end, args
}

const ipColumns = "SELECT id, network, severity, comment, expires_at FROM identity_ip_blocks WHERE "

func scanIP(r *ipRow) []any {
	return []any{&r.ID, &r.network, &r.Severity, &r.Comment, &r.expires}
}

func (r *ipRow) block() (IPBlock, error) {
	b := r.IPBlock
	var err error
	if b.Network, err = netip.ParsePrefix(r.network); err == nil && r.expires != 0 {
		b.Expires = fromMillis(r.expires)
	}
	return b, err
}

// IPBlocks lists the blocked networks, the latest first; with an id other than
// 0 that one alone.
func (s *Service) IPBlocks(ctx context.Context, id ids.ID, p page.Page) ([]IPBlock, error) {
	text, args := blockPage(ipColumns, id, p)
	rows, err := db.All(ctx, s.db, scanIP, text, args...)
	if err != nil {
		return nil, err
	}
	out := make([]IPBlock, len(rows))
	for i := range rows {
		if out[i], err = rows[i].block(); err != nil {
			return nil, err
		}
	}
	return page.Sort(p, out), nil
}

// SetIPBlock makes a block, or changes the one with b's id. Returns Invalid for
// an unknown severity, no network, and one that is blocked already; NotFound if
// there is no such block.
func (s *Service) SetIPBlock(ctx context.Context, b IPBlock) (IPBlock, error) {
	problem := func(input, code, text string) error {
		return refused(map[string][]errs.Field{input: {{Code: code, Text: text}}})
	}
	switch {
	case !b.Severity.valid():
		return b, problem("severity", "ERR_INCLUSION", "is not one of sign_up_requires_approval, sign_up_block, no_access")
	case !b.Network.IsValid():
		return b, problem("ip", "ERR_INVALID", "is not an address or a network")
	case utf8.RuneCountInString(b.Comment) > commentMax:
		return b, problem("comment", "ERR_TOO_LONG", "is too long (maximum is 2000 characters)")
	}
	b.Network = b.Network.Masked()
	var until int64
	if !b.Expires.IsZero() {
		until = b.Expires.UnixMilli()
	}
	made := b.ID == 0
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		others, err := db.Values[ids.ID](ctx, tx, "SELECT id FROM identity_ip_blocks WHERE network = $1 AND id <> $2", b.Network.String(), b.ID)
		if err != nil {
			return err
		}
		if len(others) > 0 {
			return refused(map[string][]errs.Field{"ip": taken()})
		}
		text := "UPDATE identity_ip_blocks SET network = $2, severity = $3, comment = $4, expires_at = $5 WHERE id = $1"
		if made {
			b.ID = s.ids.Global()
			text = "INSERT INTO identity_ip_blocks (id, network, severity, comment, expires_at) VALUES ($1, $2, $3, $4, $5)"
		}
		n, err := db.Exec(ctx, tx, text, b.ID, b.Network.String(), string(b.Severity), b.Comment, until)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		_, err = s.outbox.Add(ctx, tx, NetworksChanged{})
		return err
	})
	if err != nil {
		return b, err
	}
	return b, s.loadNetworks(ctx)
}

// RemoveIPBlock takes a block back. Returns NotFound if there is none.
func (s *Service) RemoveIPBlock(ctx context.Context, id ids.ID) error {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM identity_ip_blocks WHERE id = $1", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		_, err = s.outbox.Add(ctx, tx, NetworksChanged{})
		return err
	})
	if err != nil {
		return err
	}
	return s.loadNetworks(ctx)
}

// networksMax bounds how many blocks are in force.
const networksMax = 100_000

// loadNetworks reads the blocks into memory.
func (s *Service) loadNetworks(ctx context.Context) error {
	s.loading.Lock() // what is stored last was read last
	defer s.loading.Unlock()
	rows, err := db.All(ctx, s.db, scanIP, ipColumns+"id > 0 ORDER BY id LIMIT $1", networksMax)
	if err != nil {
		return err
	}
	all := &networks{of: map[netip.Prefix][]IPBlock{}}
	seen := map[[2]int]bool{}
	for i := range rows {
		b, err := rows[i].block()
		if err != nil {
			return err
		}
		all.of[b.Network] = append(all.of[b.Network], b)
		if kind := [2]int{b.Network.Addr().BitLen(), b.Network.Bits()}; !seen[kind] {
			seen[kind] = true
			all.lengths = append(all.lengths, b.Network)
		}
	}
	s.networks.Store(all)
	return nil
}

// reloadNetworks is loadNetworks for those who must not wait.
func (s *Service) reloadNetworks(ctx context.Context) {
	go func() {
		if err := s.loadNetworks(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "blocked networks not read", "error", err)
		}
	}()
}

// Bars tells whether an address is in a network that may not come at all. It is
// called for every request and asks memory alone.
func (s *Service) Bars(address netip.Addr) bool { return s.blocked(address, NoAccess) }

// blocked tells whether a block of a severity is in force for an address.
func (s *Service) blocked(address netip.Addr, severity Severity) bool {
	all := s.networks.Load()
	if all == nil || len(all.lengths) == 0 {
		return false
	}
	address = address.Unmap().WithZone("")
	for _, kind := range all.lengths {
		if kind.Addr().BitLen() != address.BitLen() {
			continue
		}
		network, err := address.Prefix(kind.Bits())
		if err != nil {
			continue
		}
		for _, b := range all.of[network] {
			if b.Severity == severity && (b.Expires.IsZero() || s.now().Before(b.Expires)) {
				return true
			}
		}
	}
	return false
}

// fromAllowed tells whether somebody at an address may sign up, and whether
// they must wait for approval then.
func (s *Service) fromAllowed(text string) (soft bool, err error) {
	address, err := netip.ParseAddr(text)
	if err != nil { // not known
		return false, nil
	}
	if s.blocked(address, NoSignUp) || s.blocked(address, NoAccess) {
		return false, errs.New(errs.Forbidden, "Sign-ups from your network are not possible")
	}
	return s.blocked(address, NeedsApproval), nil
}

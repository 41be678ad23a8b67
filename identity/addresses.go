package identity

import (
	"context"
	"net/netip"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// What is kept of the addresses that users come from.
const (
	addressesKept = 20 // of a user, the last used
	addressesFor  = 90 * 24 * time.Hour
)

// Address is where a user has signed up or in from.
type Address struct {
	IP     netip.Addr
	UsedAt time.Time
}

// noteAddress records in tx where a user comes from. What is no address is not
// recorded.
func (s *Service) noteAddress(ctx context.Context, tx *db.Tx, userID ids.ID, address string) error {
	ip, err := netip.ParseAddr(address)
	if err != nil { // the command line has none
		return nil
	}
	raw := ip.As16()
	if _, err := db.Exec(ctx, tx, `INSERT INTO identity_addresses (user_id, address, used_at) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, address) DO UPDATE SET used_at = excluded.used_at`, userID, raw[:], s.millis()); err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `DELETE FROM identity_addresses WHERE user_id = $1 AND address NOT IN
		(SELECT address FROM identity_addresses WHERE user_id = $1 ORDER BY used_at DESC LIMIT $2)`, userID, addressesKept)
	return err
}

// Addresses returns where users have come from lately, the last first.
func (s *Service) Addresses(ctx context.Context, list []ids.ID) (map[ids.ID][]Address, error) {
	out := map[ids.ID][]Address{}
	if len(list) == 0 {
		return out, nil
	}
	type row struct {
		user ids.ID
		raw  []byte
		used int64
	}
	in, args := db.In([]any{s.now().Add(-addressesFor).UnixMilli()}, list)
	rows, err := db.All(ctx, s.db, func(r *row) []any { return []any{&r.user, &r.raw, &r.used} },
		"SELECT user_id, address, used_at FROM identity_addresses WHERE used_at >= $1 AND user_id IN "+in+" ORDER BY user_id, used_at DESC", args...)
	for _, r := range rows {
		if ip, ok := netip.AddrFromSlice(r.raw); ok {
			out[r.user] = append(out[r.user], Address{ip.Unmap(), fromMillis(r.used)})
		}
	}
	return out, err
}

// UsersAt returns users who have come from an address of a network, no more
// than limit.
func (s *Service) UsersAt(ctx context.Context, network netip.Prefix, limit int) ([]ids.ID, error) {
	first, last := bounds(network)
	return db.Values[ids.ID](ctx, s.db, "SELECT DISTINCT user_id FROM identity_addresses WHERE address >= $1 AND address <= $2 LIMIT $3",
		first[:], last[:], limit)
}

// bounds returns the first and the last address of a network as they are stored.
func bounds(network netip.Prefix) (first, last [16]byte) {
	bits := network.Bits()
	if network.Addr().Is4() {
		bits += 96
	}
	first = network.Masked().Addr().As16()
	last = first
	for i := bits; i < 128; i++ {
		last[i/8] |= 1 << (7 - i%8)
	}
	return first, last
}

package practice

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"strconv"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/practice/receipt"
)

// maxKeys bounds the published keys: one a week for ten years.
const maxKeys = 520

// keyContext binds a sealed key to its row.
func keyContext(number int) []byte { return []byte("practice_keys.private:" + strconv.Itoa(number)) }

type keyRow struct {
	number          int
	public, private []byte
}

func scanKey(r *keyRow) []any { return []any{&r.number, &r.public, &r.private} }

// newestKey returns the key that signs, the one with the highest number. Returns NotFound if there is none yet.
func newestKey(ctx context.Context, q db.Querier) (keyRow, error) {
	return db.One(ctx, q, scanKey, "SELECT number, public, private FROM practice_keys WHERE number > 0 ORDER BY number DESC LIMIT 1")
}

// signingKey returns the key to sign with; the first receipt of all nodes makes
// it. It is read each time, so that all nodes use a new one at once.
func (s *Service) signingKey(ctx context.Context, tx *db.Tx) (ed25519.PrivateKey, error) {
	row, err := newestKey(ctx, tx)
	if errs.Is(err, errs.NotFound) {
		if err := s.makeKey(ctx, tx, 1); err != nil {
			return nil, err
		}
		row, err = newestKey(ctx, tx) // perhaps another node's
	}
	if err != nil {
		return nil, err
	}
	seed, err := s.Keys.Open(row.private, keyContext(row.number))
	if err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, errors.New("practice: the key for receipts is damaged")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// makeKey writes a new key, unless there is one of that number.
func (s *Service) makeKey(ctx context.Context, tx *db.Tx, number int) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, "INSERT INTO practice_keys (number, public, private, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT (number) DO NOTHING",
		number, []byte(public), s.Keys.Seal(private.Seed(), keyContext(number)), s.Now().UnixMilli())
	return err
}

// ReceiptKeys returns the public keys that receipts were ever signed with, the
// newest first; none before the first receipt.
func (s *Service) ReceiptKeys(ctx context.Context) (*receipt.Keys, error) {
	all, err := db.Values[[]byte](ctx, s.DB, "SELECT public FROM practice_keys WHERE number > 0 ORDER BY number DESC LIMIT $1", maxKeys)
	if err != nil {
		return nil, err
	}
	keys := &receipt.Keys{Issuer: s.config.BaseURL, Keys: make([]receipt.Key, len(all))}
	for i, public := range all {
		keys.Keys[i] = receipt.NewKey(public)
	}
	return keys, nil
}

// RotateReceiptKey makes the key that signs from now on, and returns its name.
// What older keys have signed stays true.
func (s *Service) RotateReceiptKey(ctx context.Context) (kid string, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		row, err := newestKey(ctx, tx)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if err := s.makeKey(ctx, tx, row.number+1); err != nil {
			return err
		}
		row, err = newestKey(ctx, tx)
		kid = receipt.KeyID(row.public)
		return err
	})
	return kid, err
}

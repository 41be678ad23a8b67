package practice

import (
	"context"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// ReviewMock takes a member's form about the round in which they asked, once.
// With both forms in the interview is closed, and each may read the other's.
// Returns NotFound for who is none of the two, Conflict if it is not the time for
// forms, the form is in or one blocks the other, and Invalid with Fields for marks that are missing or
// not of the card, and texts that are too long.
func (s *Service) ReviewMock(ctx context.Context, account, id ids.ID, f MockForm) (*Mock, error) {
	if err := s.maySay(ctx, account, id); err != nil {
		return nil, err
	}
	err := s.changeMock(ctx, id, func(w *mockWork) error {
		round := w.AskedIn(account)
		if w.State != MockReviewing || round == 0 {
			return outOfPhase()
		}
		score, err := w.checkForm(f, round)
		if err != nil {
			return err
		}
		n, err := db.Exec(ctx, w.tx, `INSERT INTO practice_mock_reviews (mock_id, account_id, at, score, note, strength, improve) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (mock_id, account_id) DO NOTHING`, id, account, w.now.UnixMilli(), score, f.Note, f.Strength, f.Improve)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "Your review is in already")
		}
		rows := make([]any, 0, 5*len(f.Marks))
		for _, m := range f.Marks {
			rows = append(rows, id, account, m.Point, m.Mark, m.Note)
		}
		if err := db.Insert(ctx, w.tx, "practice_mock_marks (mock_id, account_id, point, mark, note)", 5, rows, ""); err != nil {
			return err
		}
		in, err := db.Value[int](ctx, w.tx, "SELECT COUNT(*) FROM practice_mock_reviews WHERE mock_id = $1", id)
		if err != nil || in < 2 {
			return err
		}
		return w.move(MockClosed, account, MockWasReviewed, w.Other(account))
	})
	if err != nil {
		return nil, err
	}
	return s.Mock(ctx, account, id)
}

// checkForm refuses a form that does not fit to the card of the round, and
// returns its score; -1 if no card was asked.
func (w *mockWork) checkForm(f MockForm, round int) (int, error) {
	wrong := map[string][]errs.Field{}
	checkText(wrong, "note", f.Note, MaxMockText)
	checkText(wrong, "strength", f.Strength, MaxMockText)
	checkText(wrong, "improve", f.Improve, MaxMockText)
	hash := w.hashes[round-1]
	if hash == "" {
		if len(f.Marks) > 0 {
			wrong["marks"] = []errs.Field{{Code: "ERR_INCLUSION", Text: "belong to a card, and none was asked"}}
		}
		if strings.TrimSpace(f.Note+f.Strength+f.Improve) == "" {
			wrong["note"] = []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
		}
	}
	if len(wrong) > 0 {
		return 0, invalid(wrong)
	}
	if hash == "" {
		return -1, nil
	}
	cards, err := w.s.versions(w.ctx, []string{hash})
	if err != nil {
		return 0, err
	}
	r, err := judge(&Attempt{Card: cards[hash]}, f.Marks, f.Note)
	if err != nil {
		return 0, err
	}
	return r.Score, nil
}

// mockReviews returns the reviews that a member may read.
func (s *Service) mockReviews(ctx context.Context, r *mockRow, viewer ids.ID) ([]MockReview, error) {
	if r.State < MockReviewing || r.side(viewer) < 0 {
		return nil, nil
	}
	type row struct {
		MockReview
		at int64
	}
	rows, err := db.All(ctx, s.DB, func(x *row) []any {
		return []any{&x.AccountID, &x.at, &x.Score, &x.Note, &x.Strength, &x.Improve}
	}, "SELECT account_id, at, score, note, strength, improve FROM practice_mock_reviews WHERE mock_id = $1 ORDER BY account_id", r.ID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	type markRow struct {
		account ids.ID
		Ticked
	}
	marks, err := db.All(ctx, s.DB, func(m *markRow) []any { return []any{&m.account, &m.Point, &m.Mark, &m.Note} },
		"SELECT account_id, point, mark, note FROM practice_mock_marks WHERE mock_id = $1 ORDER BY account_id, point", r.ID)
	if err != nil {
		return nil, err
	}
	var list []MockReview
	for _, x := range rows {
		if x.AccountID != viewer && r.State != MockClosed {
			continue
		}
		x.At, x.Round = moment(x.at), r.AskedIn(x.AccountID)
		for _, m := range marks {
			if m.account == x.AccountID {
				x.Marks = append(x.Marks, m.Ticked)
			}
		}
		list = append(list, x.MockReview)
	}
	return list, nil
}

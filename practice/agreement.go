package practice

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Pairs counts how often one marked a point so and the other so: by the mark of
// the one, then of the other.
type Pairs [Yes + 1][Yes + 1]int

// Agreement returns Cohen's kappa of two who have marked the same points: 1 is
// full agreement, 0 as much as chance would give, below it less. It is nil where
// it is not defined: without points, and if both gave all of them the same mark.
func (p Pairs) Agreement() *float64 {
	var n, same, chance int // chance is in 1/n²
	for i := range p {
		one, other := 0, 0
		for j := range p {
			one, other = one+p[i][j], other+p[j][i]
		}
		n, same, chance = n+one, same+p[i][i], chance+one*other
	}
	if n*n == chance {
		return nil
	}
	kappa := float64(n*same-chance) / float64(n*n-chance)
	return &kappa
}

// agreement is Agreement of two accounts over all that both have marked, but for
// answers whose reviews are not shown yet.
func (s *Service) agreement(ctx context.Context, one, other ids.ID) (*float64, error) {
	type row struct {
		one, other Mark
		n          int
	}
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.one, &r.other, &r.n} },
		`SELECT m.mark, n.mark, COUNT(*) FROM practice_reviews a JOIN practice_reviews b ON b.attempt_id = a.attempt_id AND b.account_id = $2
		JOIN practice_marks m ON m.review_id = a.id JOIN practice_marks n ON n.review_id = b.id AND n.point = m.point
		WHERE a.account_id = $1 AND NOT EXISTS (SELECT 1 FROM practice_asks k WHERE k.attempt_id = a.attempt_id AND k.state = 0)
		GROUP BY m.mark, n.mark`, one, other)
	var p Pairs
	for _, r := range rows {
		p[r.one][r.other] = r.n
	}
	return p.Agreement(), err
}

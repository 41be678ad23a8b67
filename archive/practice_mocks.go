package archive

import (
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
)

// mocks writes the mock interviews: what the member has said and found in them,
// and what was found of the member. What the other one has said is theirs.
func (b *book) mocks(add func(any) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := b.Practice.Mocks(b.ctx, b.me.ID, p)
		if err != nil {
			return 0, 0, err
		}
		for _, x := range list {
			if err := b.hold(); err != nil {
				return 0, 0, err
			}
			r, err := b.Practice.MockRecord(b.ctx, b.me.ID, x.ID)
			if err != nil {
				return 0, 0, err
			}
			own := []thing{}
			for _, e := range r.Events {
				if e.By == b.me.ID {
					own = append(own, thing{"number": e.Seq, "at": e.At, "type": e.Type, "data": e.Data})
				}
			}
			reviews := each(r.Reviews, func(v practice.MockReview) thing {
				points := each(v.Marks, func(m practice.Ticked) thing { return thing{"point": m.Point, "mark": m.Mark.String(), "note": m.Note} })
				return thing{"by": v.AccountID, "round": v.Round, "at": v.At, "points": points, "score": v.Score, "note": v.Note, "strength": v.Strength, "improve": v.Improve}
			})
			out := thing{"id": r.ID, "proposed_at": r.ID.Time(), "proposer": r.Proposer, "partner": r.Partner, "invited": r.Invited, "state": r.State.String(), "slots": r.Slots,
				"at": r.At, "minutes": r.Minutes, "role": r.Role, "level": r.Level, "events": own, "reviews": reviews}
			if r.Proposer == b.me.ID {
				out["note"] = r.Note
			}
			last = x.ID
			if err := add(out); err != nil {
				return 0, 0, err
			}
		}
		return last, len(list), nil
	})
}

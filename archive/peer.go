package archive

import (
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
)

// asks writes which answers the member has asked others to review, and what they
// found.
func (b *book) asks(add func(any) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		if err := b.hold(); err != nil {
			return 0, 0, err
		}
		list, err := b.Practice.Asks(b.ctx, b.me.ID, p)
		for _, k := range list {
			if last = k.ID; err != nil {
				break
			}
			found := each(k.Reviews, func(r practice.Review) thing {
				return thing{"by": r.AccountID, "at": r.ID.Time(), "score": r.Score, "rating": practice.RatingName(r.Rating), "note": r.Note,
					"points": each(r.Marks, func(m practice.Ticked) thing { return thing{"point": m.Point, "mark": m.Mark.String(), "note": m.Note} })}
			})
			err = add(thing{"id": k.ID, "asked_at": k.ID.Time(), "attempt": k.AttemptID, "circle": k.Circle.String(), "person": k.Person, "seats": k.Seats,
				"reviews_in": k.In, "state": k.State.String(), "widened_at": k.WidenedAt, "closed_at": k.ClosedAt, "thread": k.ThreadID, "reviews": found})
		}
		return last, len(list), err
	})
}

// seats writes whose answers the member has taken for review: the names once all
// reviews were in. The answers are their authors'.
func (b *book) seats(add func(any) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		if err := b.hold(); err != nil {
			return 0, 0, err
		}
		list, err := b.Practice.Seats(b.ctx, b.me.ID, p)
		for _, x := range list {
			if last = x.ID; err != nil {
				break
			}
			out := thing{"id": x.ID, "ask": x.AskID, "deck": x.DeckID, "card": x.Card.ID, "taken_at": x.TakenAt, "until": x.Until, "done_at": x.DoneAt}
			if x.Mine != nil {
				out["review"] = x.Mine.ID
			}
			if x.Ask != nil {
				out["author"] = x.Ask.AccountID
			}
			err = add(out)
		}
		return last, len(list), err
	})
}

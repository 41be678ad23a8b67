package app

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/app/demo"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
)

// demoAsk is a review that one of the members who practise asks others for;
// members are counted from 0, times are days ago.
type demoAsk struct {
	author, person int
	card           string // empty: the newest that is checked
	circle         practice.Circle
	asked          float64
	reviews        []demoReview
	open           int // seats that nobody takes
}

// demoReview is a review by a peer, who sees one point differently than the author.
type demoReview struct {
	by     int
	done   float64 // 0: the answer is taken, and the review is not in
	point  int
	mark   practice.Mark
	remark string
}

// demoAsks are such that the first member has an answer that was reviewed by two,
// one that waits, one to review, and others to choose from. Points in dispute are
// none that the schedule hangs on.
var demoAsks = []demoAsk{
	{author: 0, card: "be-013", circle: practice.Everyone, asked: 2.6, reviews: []demoReview{
		{by: 1, done: 2.3, point: 3, mark: practice.No, remark: "Clear order, and you measure first. I missed what you would do about the loop in the code."},
		{by: 2, done: 2.1, point: 6, mark: practice.No, remark: "Convincing. How do you notice in three months that it is slow again?"}}},
	{author: 1, circle: practice.Everyone, asked: 2.2, reviews: []demoReview{{by: 0, done: 1.9, mark: practice.Partly, remark: "Good structure. Give one number from a system of your own."}}},
	{author: 2, circle: practice.Everyone, asked: 1.5, reviews: []demoReview{{by: 3, done: 1.2, point: 1, mark: practice.Yes, remark: "I would hire you for this answer."}}, open: 1},
	{author: 3, circle: practice.Everyone, asked: 0.6, reviews: []demoReview{{by: 0}}},
	{author: 4, circle: practice.Everyone, asked: 0.5, open: 1},
	{author: 0, card: "be-016", circle: practice.Followers, asked: 0.4, open: 1},
	{author: 5, person: 0, circle: practice.Person, asked: 0.2, open: 1},
}

// askPeers plans who reviews whose answer.
func (s *seeding) askPeers(all []demo.Practice) {
	for _, k := range demoAsks {
		involved := []int{k.author, k.person}
		for _, r := range k.reviews {
			involved = append(involved, r.by)
		}
		begin, there := s.ago(k.asked), true
		for _, i := range involved {
			if there = there && i < len(all); !there {
				break
			}
			if joined := s.people[all[i].Member].Joined.Add(time.Hour); begin.Before(joined) {
				begin = joined
			}
		}
		if !there { // a small community
			continue
		}
		member := func(i int) ids.ID { return s.ids[all[i].Member] }
		var ask *practice.Ask
		s.later(begin, "ask for a review", func(ctx context.Context) (err error) {
			ask, err = s.ask(ctx, k, member(k.author), member(k.person))
			return err
		})
		for _, r := range k.reviews {
			at := s.ago(r.done)
			if r.done == 0 || at.Before(begin) {
				at = begin.Add(time.Hour)
			}
			s.later(at, "review", func(ctx context.Context) error { return s.review(ctx, ask, r, member(r.by)) })
		}
	}
}

func (s *seeding) ago(days float64) time.Time {
	return s.now.Add(-time.Duration(days * float64(24*time.Hour)))
}

// ask asks for reviews of a member's newest checked answer, to a card if one is
// given; nil if there is none.
func (s *seeding) ask(ctx context.Context, k demoAsk, author, person ids.ID) (*practice.Ask, error) {
	list, err := s.app.Practice.Attempts(ctx, author, page.Page{Limit: 40})
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if a.State == practice.Checked && (k.card == "" || a.CardID == k.card) {
			return s.app.Practice.AskReview(ctx, author, a.ID, practice.AskRequest{Circle: k.circle, Person: person, Seats: len(k.reviews) + k.open})
		}
	}
	return nil, nil
}

// review takes an answer and hands the review in, unless it is to wait.
func (s *seeding) review(ctx context.Context, ask *practice.Ask, r demoReview, by ids.ID) error {
	if ask == nil {
		return nil
	}
	seat, err := s.app.Practice.TakeSeat(ctx, by, ask.ID)
	if err != nil || r.done == 0 {
		return err
	}
	own, err := s.app.Practice.Result(ctx, ask.AccountID, ask.AttemptID)
	if err != nil {
		return err
	}
	found := map[string]practice.Mark{}
	for _, m := range own.Review.Marks {
		found[m.Point] = m.Mark
	}
	marks := make([]practice.Ticked, len(seat.Card.Rubric))
	for i, p := range seat.Card.Rubric {
		marks[i] = practice.Ticked{Point: p.ID, Mark: found[p.ID]}
	}
	marks[r.point].Mark = r.mark
	_, err = s.app.Practice.HandIn(ctx, by, seat.ID, marks, r.remark)
	return err
}

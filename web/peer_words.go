package web

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/practice"
)

// circleChoice is who may be asked for a review.
type circleChoice struct {
	circle     practice.Circle
	name, hint string
}

// circleChoices are the circles in the order of the form.
var circleChoices = []circleChoice{
	{practice.Everyone, "Everyone here", "All members may take it."},
	{practice.Followers, "My followers", "After 72 hours, everyone here."},
	{practice.Person, "One person", "They are told at once. After 72 hours your followers may take it, too."},
}

// circleWords say who may review an answer.
var circleWords = [...]string{practice.Person: "One person is asked", practice.Followers: "Your followers may review it", practice.Everyone: "Everyone here may review it"}

// askLine says how an ask stands.
func askLine(ctx context.Context, k *practice.Ask) string {
	switch k.State {
	case practice.AskOpen:
		return t(ctx, "%s of %s reviews are in", number(ctx, k.In), number(ctx, k.Seats))
	case practice.AskDone:
		return count(ctx, len(k.Reviews), "%s review is in|%s reviews are in")
	case practice.AskExpired:
		return t(ctx, "nobody had time")
	}
	return t(ctx, "withdrawn")
}

// seatLine says how a seat stands.
func seatLine(ctx context.Context, s *practice.Seat) string {
	switch {
	case s.DoneAt.IsZero():
		return left(ctx, max(0, s.Until.Sub(readerOf(ctx).now)))
	case s.Ask == nil:
		return t(ctx, "handed in, others are not")
	}
	return t(ctx, "all reviews are in")
}

// spent says how long somebody took to answer.
func spent(ctx context.Context, seconds int) string {
	return readerOf(ctx).words.wait(time.Duration(seconds) * time.Second)
}

// whomInput is the field of who is asked by name.
func whomInput(ctx context.Context, d askData) input {
	return input{Name: "username", Hint: t(ctx, "Only for one person, who gives one review."), Problems: d.Problems["username"]}
}

package web

import (
	"context"
	"fmt"
	"strings"

	"github.com/guildhall/guildhall/posts"
)

// The size of the drawing of a week, in its own units.
const (
	sparkWidth  = 84
	sparkHeight = 28
)

// spark is a week of uses, drawn.
type spark struct {
	Points string // of the line, oldest first
	EndX   int
	EndY   int
}

// sparkOf draws a history, which is newest first.
func sparkOf(history []posts.TagDay) spark {
	most := 1
	for _, d := range history {
		most = max(most, d.Uses)
	}
	const edge = 3 // for the line's own width
	var points []string
	var s spark
	for i := len(history) - 1; i >= 0; i-- {
		s.EndX = edge + (sparkWidth-2*edge)*(len(history)-1-i)/max(len(history)-1, 1)
		s.EndY = sparkHeight - edge - (sparkHeight-2*edge)*history[i].Uses/most
		points = append(points, fmt.Sprintf("%d,%d", s.EndX, s.EndY))
	}
	s.Points = strings.Join(points, " ")
	return s
}

// inDays says what sparkOf draws.
func inDays(ctx context.Context, history []posts.TagDay) string {
	var days []string
	for i := len(history) - 1; i >= 0; i-- {
		days = append(days, number(ctx, history[i].Uses))
	}
	return t(ctx, "Posts a day, until today: %s", strings.Join(days, ", "))
}

// week is how many posts a history counts.
func week(history []posts.TagDay) int {
	n := 0
	for _, d := range history {
		n += d.Uses
	}
	return n
}

// today is how many posts there were today.
func today(history []posts.TagDay) int {
	if len(history) == 0 {
		return 0
	}
	return history[0].Uses
}

package web

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/markdown"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/practice/hint"
)

// scoreOf is what checked attempts came to, in percent.
type scoreOf = map[ids.ID]int

// attemptWords say how far an attempt has come.
var attemptWords = [...]string{practice.Asked: "asked", practice.Answered: "answered", practice.Opened: "rubric open", practice.Checked: "checked", practice.Skipped: "skipped"}

// kindWords name the sorts of questions.
var kindWords = map[deck.Kind]string{deck.Technical: "Technical", deck.Behavioral: "Behavioral", deck.Situational: "Situational", deck.ProblemSolving: "Problem solving"}

// markChoices are the marks from the best, by what the form sends.
var markChoices = []struct{ value, text string }{{"yes", "Yes"}, {"partly", "Partly"}, {"no", "No"}}

func markOf(r *practice.Result, point string) practice.Mark {
	i := slices.IndexFunc(r.Review.Marks, func(m practice.Ticked) bool { return m.Point == point })
	if i < 0 {
		return practice.No
	}
	return r.Review.Marks[i].Mark
}

func hintOf(r *practice.Result, point string) hint.Hint {
	i := slices.IndexFunc(r.Hints, func(h hint.Hint) bool { return h.Point == point })
	if i < 0 {
		return hint.Hint{}
	}
	return r.Hints[i]
}

// answerInput is the field of an answer.
func answerInput(ctx context.Context, d *attemptData) input {
	return input{Name: "answer", Hint: t(ctx, "Write as you would speak, in whole sentences. The rubric opens when the answer is in; nobody else sees it."), Problems: d.Problems["answer"]}
}

// guessInput is the field of what a member thinks that the answer is worth.
func guessInput(ctx context.Context, d *attemptData) input {
	return input{Name: "percent", Hint: t(ctx, "Guess before you see it: who knows what they know prepares better."), Problems: d.Problems["predicted"]}
}

// titleOf is the name of a role, level or topic.
func titleOf(list []deck.Term, id string) string {
	if i := slices.IndexFunc(list, func(x deck.Term) bool { return x.ID == id }); i >= 0 {
		return list[i].Title
	}
	return id
}

// topicName is a topic as people write it: databases / query tuning.
func topicName(id string) string {
	return strings.NewReplacer("/", " / ", "-", " ").Replace(id)
}

// stepsLabel says how far a session has come.
func stepsLabel(ctx context.Context, x *practice.Session, at int) string {
	if at < 0 {
		return count(ctx, len(x.Cards), "%s card|%s cards")
	}
	return t(ctx, "Card %s of %s", number(ctx, at+1), number(ctx, len(x.Cards)))
}

// markdownText is a short text of a card.
func markdownText(source string) templ.Component {
	html, err := markdown.HTML([]byte(source))
	if err != nil {
		html = templ.EscapeString(source)
	}
	return formatted(html)
}

func withCommas(names []string) string { return strings.Join(names, ", ") }

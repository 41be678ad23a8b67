package web

import (
	"errors"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// reportReasons are why somebody or something is reported, in the order of the
// form.
var reportReasons = []struct {
	category   moderation.Category
	name, hint string
}{
	{moderation.Spam, "Spam", "Advertising, links that lead astray, the same again and again."},
	{moderation.Violation, "Breaks the rules", "Choose the rules below."},
	{moderation.Legal, "Against the law", "Where you or this server are."},
	{moderation.Other, "Something else", "Say below what it is."},
}

// reportText is how long a comment may be, as moderation takes it.
const reportText = 1000

// reporting is what the page to report somebody shows.
type reporting struct {
	Account  *profiles.Account
	Card     *card // the post that it is about, nil: the account
	Rules    []*instance.Rule
	Category moderation.Category
	Chosen   []ids.ID // of the rules
	Comment  string
	Relation *profiles.Relationship
	Sent     bool
	Problems map[string][]errs.Field
}

// reportAddress is where somebody, or a post of theirs, is reported.
func reportAddress(a *profiles.Account, post ids.ID) string {
	address := "/@" + a.Username + "/report"
	if post != 0 {
		address += "?post=" + post.String()
	}
	return address
}

// reportForm is where a member tells the moderators about somebody.
func (c *call) reportForm() error {
	if err := c.admit(members); err != nil {
		return err
	}
	d := reporting{Sent: c.query("sent") != ""}
	return c.showReportForm(http.StatusOK, d, c.query("post"))
}

// showReportForm shows what was typed so far, with the post that it is about.
func (c *call) showReportForm(status int, d reporting, post string) (err error) {
	if d.Account, err = c.owner(); err != nil {
		return err
	}
	if d.Account.ID == c.user.ID {
		return errNoPage()
	}
	d.Rules = c.Instance.House().Rules
	if d.Relation, err = c.relationship(d.Account.ID); err != nil {
		return err
	}
	if id, ok := ids.Parse(post); ok {
		views, err := c.Posts.GetMany(c.r.Context(), c.user.ID, []ids.ID{id})
		if err != nil {
			return err
		}
		views = slices.DeleteFunc(views, func(v *posts.View) bool { return v.AccountID != d.Account.ID })
		cards, err := c.cards(views)
		if err != nil {
			return err
		}
		if len(cards) > 0 {
			d.Card = &cards[0]
		}
	}
	return c.show(status, reportingPage(c.private(c.words().Text("Report %s", nameOf(d.Account))), d))
}

// sendReport takes the form.
func (c *call) sendReport() error {
	a, err := c.owner()
	if err != nil {
		return err
	}
	d := reporting{Category: moderation.Category(c.field("category")), Comment: c.field("comment"), Problems: map[string][]errs.Field{}}
	for _, rule := range c.Instance.House().Rules {
		if slices.Contains(c.r.PostForm["rule"], rule.ID.String()) {
			d.Chosen = append(d.Chosen, rule.ID)
		}
	}
	if d.Category == "" {
		d.Problems["category"] = []errs.Field{{Text: c.words().Text("Choose what it is about")}}
	}
	if utf8.RuneCountInString(d.Comment) > reportText {
		d.Problems["comment"] = []errs.Field{{Text: c.words().Text("That is longer than %s characters", c.words().Number(reportText))}}
	}
	if len(d.Problems) > 0 {
		return c.showReportForm(http.StatusUnprocessableEntity, d, c.field("post"))
	}
	draft := moderation.Draft{TargetID: a.ID, Category: d.Category, Comment: d.Comment, RuleIDs: d.Chosen}
	if id, ok := ids.Parse(c.field("post")); ok {
		draft.StatusIDs = []ids.ID{id}
	}
	if err := c.limited("reports"); err != nil {
		return err
	}
	_, err = c.Moderation.Report(c.r.Context(), c.user.ID, draft)
	var known *errs.Error
	if errors.As(err, &known) && known.Kind == errs.Invalid {
		d.Problems["category"] = []errs.Field{{Text: c.words().Text("Choose what it is about")}}
		return c.showReportForm(http.StatusUnprocessableEntity, d, c.field("post"))
	}
	if err != nil {
		return err
	}
	return c.goTo(reportAddress(a, 0), "sent", "1")
}

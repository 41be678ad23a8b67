package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/posts"
)

// repliesChoices are which answers a list can show, by what the form sends.
var repliesChoices = []struct {
	value, text string
	policy      posts.RepliesPolicy
}{
	{"list", "to other members of the list", posts.RepliesToMembers},
	{"followed", "to everybody whom I follow", posts.RepliesToFollowed},
	{"none", "none", posts.RepliesToNone},
}

// listForm is what is typed about a list.
type listForm struct {
	Action, Title, Replies string
	Exclusive              bool
	Problems               []errs.Field
}

// typedList reads the form.
func (c *call) typedList(action string) (listForm, posts.ListUpdate) {
	form := listForm{Action: action, Title: c.field("title"), Replies: c.field("replies"), Exclusive: c.field("exclusive") != ""}
	policy := posts.RepliesToMembers
	for _, choice := range repliesChoices {
		if choice.value == form.Replies {
			policy = choice.policy
		}
	}
	return form, posts.ListUpdate{Title: &form.Title, Replies: &policy, Exclusive: &form.Exclusive}
}

// listsData is what the page of all lists shows.
type listsData struct {
	Lists []posts.List
	Form  listForm // of a new one
}

// lists shows the reader's lists, and where to make another.
func (c *call) lists() error { return c.showLists(http.StatusOK, listForm{Action: listsPath}) }

func (c *call) showLists(status int, form listForm) error {
	found, err := c.Posts.Lists(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	return c.show(status, listsPage(c.private(c.words().Text("Lists")), listsData{found, form}))
}

// createList makes a list and leads to where it gets members.
func (c *call) createList() error {
	form, update := c.typedList(listsPath)
	l, err := c.Posts.CreateList(c.r.Context(), c.user.ID, update)
	if errs.Is(err, errs.Invalid) {
		form.Problems = c.listProblems(form, err)
		return c.showLists(failures[errs.Invalid].status, form)
	}
	if err != nil {
		return err
	}
	return c.goTo(listAddress(l) + "/edit")
}

// listProblems is what was wrong with a list's name, beside its field.
func (c *call) listProblems(form listForm, err error) []errs.Field {
	if text.Line(form.Title) == "" {
		return []errs.Field{{Text: c.words().Text("A list needs a name")}}
	}
	var known *errs.Error
	if !errors.As(err, &known) {
		return nil
	}
	return []errs.Field{{Text: strings.TrimPrefix(known.Text, "Validation failed: ")}}
}

func listAddress(l *posts.List) string { return listsPath + "/" + l.ID.String() }

// ownList returns the list that the address names. Returns NotFound if it is
// not the reader's.
func (c *call) ownList() (*posts.List, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return nil, errNoPage()
	}
	return c.Posts.List(c.r.Context(), c.user.ID, id)
}

// readList is a list's timeline.
func (c *call) readList() error {
	l, err := c.ownList()
	if err != nil {
		return err
	}
	p := c.listPage()
	views, err := c.Posts.ListTimeline(c.r.Context(), c.user.ID, l.ID, p)
	if err != nil {
		return err
	}
	d, err := c.list(views, p, posts.FilterHome, listAddress(l)+"?")
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, listPage(c.private(l.Title), l, d))
}

// editData is what the page to change a list shows.
type editData struct {
	List     *posts.List
	Form     listForm
	Name     string       // of a member to add, as typed
	Problems []errs.Field // with the name
	peopleData
}

// editList is where a list is changed.
func (c *call) editList() error {
	l, err := c.ownList()
	if err != nil {
		return err
	}
	return c.showEdit(http.StatusOK, editData{List: l, Form: formOf(l)})
}

// formOf is the form of a list as it is.
func formOf(l *posts.List) listForm {
	form := listForm{Action: listAddress(l) + "/edit", Title: l.Title, Exclusive: l.Exclusive}
	for _, choice := range repliesChoices {
		if choice.policy == l.Replies {
			form.Replies = choice.value
		}
	}
	return form
}

// membersPage is how many members a page shows: as a rule all of them.
const membersPage = 100

func (c *call) showEdit(status int, d editData) error {
	p := page.Page{Max: c.listPage().Max, Limit: membersPage}
	entries, err := c.Posts.ListMembers(c.r.Context(), c.user.ID, d.List.ID, p)
	if err != nil {
		return err
	}
	if d.peopleData, err = c.entries(entries, p, listAddress(d.List)+"/edit?"); err != nil {
		return err
	}
	return c.show(status, editListPage(c.private(d.List.Title), d))
}

// changeList does what one of the forms on the list's page asks for.
func (c *call) changeList() error {
	l, err := c.ownList()
	if err != nil {
		return err
	}
	switch c.r.PathValue("deed") {
	case "edit":
		return c.updateList(l)
	case "delete":
		if err := c.Posts.DeleteList(c.r.Context(), c.user.ID, l.ID); err != nil {
			return err
		}
		return c.goTo(listsPath)
	case "add":
		return c.addMember(l)
	case "remove":
		member, ok := ids.Parse(c.field("account"))
		if !ok {
			return errNoPage()
		}
		if err := c.Posts.RemoveFromList(c.r.Context(), c.user.ID, l.ID, []ids.ID{member}); err != nil {
			return err
		}
		if isPart(c.r) {
			return c.show(http.StatusOK, nothing())
		}
		return c.goTo(listAddress(l) + "/edit")
	}
	return errNoPage()
}

func (c *call) updateList(l *posts.List) error {
	form, update := c.typedList(listAddress(l) + "/edit")
	_, err := c.Posts.UpdateList(c.r.Context(), c.user.ID, l.ID, update)
	if errs.Is(err, errs.Invalid) {
		form.Problems = c.listProblems(form, err)
		return c.showEdit(failures[errs.Invalid].status, editData{List: l, Form: form})
	}
	if err != nil {
		return err
	}
	return c.goTo(listAddress(l) + "/edit")
}

// addMember adds the account with the name that was typed.
func (c *call) addMember(l *posts.List) error {
	name := strings.TrimPrefix(strings.TrimSpace(c.field("name")), "@")
	a, err := c.Profiles.Lookup(c.r.Context(), name)
	if err == nil {
		err = c.Posts.AddToList(c.r.Context(), c.user.ID, l.ID, []ids.ID{a.ID})
	}
	problem := ""
	switch {
	case err == nil:
		return c.goTo(listAddress(l) + "/edit")
	case errs.Is(err, errs.NotFound):
		problem = "Only people whom you follow can be on a list"
	case errs.Is(err, errs.Invalid):
		problem = "They are on the list already"
	default:
		return err
	}
	return c.showEdit(failures[errs.Invalid].status, editData{List: l, Form: formOf(l), Name: name, Problems: []errs.Field{{Text: c.words().Text(problem)}}})
}

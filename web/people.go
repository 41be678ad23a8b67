package web

import (
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

// person is an account in a list.
type person struct {
	*profiles.Account
	Relation *profiles.Relationship // how the reader stands to them, nil: not at all
	Why      string                 // why they are suggested, empty: they are not
}

// peopleData is a list of people.
type peopleData struct {
	People []person
	Later  bool   // not the list's beginning
	Older  string // address of what follows, empty: nothing
}

// people gives accounts how the reader stands to them.
func (c *call) people(accounts []*profiles.Account) ([]person, error) {
	list := make([]person, len(accounts))
	var others []ids.ID
	for i, a := range accounts {
		list[i].Account = a
		if a.ID != c.viewer() {
			others = append(others, a.ID)
		}
	}
	if c.viewer() == 0 || len(others) == 0 {
		return list, nil
	}
	relations, err := c.Profiles.Relationships(c.r.Context(), c.viewer(), others)
	if err != nil {
		return nil, err
	}
	byID := make(map[ids.ID]*profiles.Relationship, len(relations))
	for i := range relations {
		byID[relations[i].ID] = &relations[i]
	}
	for i := range list {
		list[i].Relation = byID[list[i].ID]
	}
	return list, nil
}

// entries makes a page's list of people; path as for list.
func (c *call) entries(list []profiles.Entry, p page.Page, path string) (peopleData, error) {
	accounts := make([]*profiles.Account, len(list))
	for i, e := range list {
		accounts[i] = e.Account
	}
	people, err := c.people(accounts)
	if err != nil {
		return peopleData{}, err
	}
	d := peopleData{People: people, Later: p.Max != 0}
	if len(list) == p.Limit {
		d.Older = path + "max_id=" + list[len(list)-1].Cursor.String()
	}
	return d, nil
}

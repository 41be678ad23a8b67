package web

import "strings"

import "github.com/guildhall/guildhall/identity"

// fullTitle is the page's title in the browser.
func (f *frame) fullTitle() string {
	if f.Title == "" {
		return f.Config.Title
	}
	return f.Title + " · " + f.Config.Title
}

// takesMembers tells whether somebody without an invitation may sign up.
func (f *frame) takesMembers() bool {
	return f.Registrations == identity.Open || f.Registrations == identity.ByApproval
}

// within tells whether the page is a part of the one at an address.
func (f frame) within(address string) bool {
	path, _, _ := strings.Cut(f.Here, "?")
	return path == address || address != homePath && strings.HasPrefix(path, address+"/")
}

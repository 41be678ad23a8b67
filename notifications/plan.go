package notifications

import (
	"maps"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// register names a row: at most one notification of a type from one account
// about one post, or what else the type is about.
type register struct {
	account, from ids.ID
	kind          Type
	post          ids.ID
}

// change sets a register: there is such a notification, or there is none any
// more.
type change struct {
	register
	event ids.ID
	at    time.Time
	live  bool
	// filtered says that the reader's policy puts it aside.
	filtered bool
	via      ids.ID // the boost, which must still be there; 0: none
}

// taken takes back all that one account was told by another.
type taken struct {
	account, from, event ids.ID
}

// unboosted takes back a boost, of whoever wrote the post.
type unboosted struct {
	post, from, event ids.ID
}

// news is a post that its author's followers may want to be told of.
type news struct {
	event bus.Event
	post  posts.Created
}

// plan is what a batch of events comes to: at most one change a register.
type plan struct {
	changes  map[register]change
	deleted  map[ids.ID]bool // posts and collections
	unboosts []unboosted
	blocks   []taken
	news     []news   // posts that followers may want to be told of
	erased   []ids.ID // accounts that are gone for good
}

func newPlan() *plan { return &plan{changes: map[register]change{}, deleted: map[ids.ID]bool{}} }

// tell plans a notification, unless people would hear of themselves.
func (p *plan) tell(e bus.Event, kind Type, account, from, post ids.ID) {
	if account != 0 && account != from {
		p.set(change{register: register{account, from, kind, post}, event: e.ID, at: e.At(), live: true})
	}
}

// untell plans the end of a notification.
func (p *plan) untell(e bus.Event, kind Type, account, from, post ids.ID) {
	if account != 0 && account != from {
		p.set(change{register: register{account, from, kind, post}, event: e.ID, at: e.At()})
	}
}

func (p *plan) set(c change) {
	old, ok := p.changes[c.register]
	// A post mentions an account once, however often it is edited.
	if !ok || old.event < c.event && !(c.kind == Mention && old.live) {
		p.changes[c.register] = c
	}
}

// delete plans the end of all notifications about a post or a collection.
func (p *plan) delete(about ids.ID) { p.deleted[about] = true }

// unboost plans the end of a boost's notification.
func (p *plan) unboost(e bus.Event, post, from ids.ID) {
	p.unboosts = append(p.unboosts, unboosted{post, from, e.ID})
}

// block plans the end of all that account was told by from.
func (p *plan) block(e bus.Event, account, from ids.ID) {
	p.blocks = append(p.blocks, taken{account, from, e.ID})
}

// settle turns round what the batch itself takes back. It stays a change, so
// that the row remembers the end if the beginning comes again.
func (p *plan) settle() {
	for _, u := range p.unboosts {
		p.end(u.event, func(c change) bool { return c.kind == Boost && c.post == u.post && c.from == u.from })
	}
	for _, b := range p.blocks {
		p.end(b.event, func(c change) bool { return c.account == b.account && c.from == b.from })
	}
	maps.DeleteFunc(p.changes, func(_ register, c change) bool { return p.deleted[c.post] })
}

// end ends the notifications before an event that it is about.
func (p *plan) end(event ids.ID, about func(change) bool) {
	for k, c := range p.changes {
		if c.live && c.event < event && about(c) {
			c.event, c.live = event, false
			p.changes[k] = c
		}
	}
}

func (p *plan) empty() bool {
	return len(p.changes) == 0 && len(p.deleted) == 0 && len(p.unboosts) == 0 && len(p.blocks) == 0 && len(p.erased) == 0
}

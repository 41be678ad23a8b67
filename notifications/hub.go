package notifications

import (
	"sync"
	"sync/atomic"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// hub knows this node's feeds and puts messages into their queues. Whom a
// message may go to is decided in hear.go.
type hub struct {
	config   Config
	queue    chan task    // what is to be sent
	heard    lately       // events; used by the bus's goroutine only
	dropped  atomic.Int64 // tasks that found the queue full
	open     atomic.Int64 // number of feeds
	mu       sync.RWMutex // for writing: the maps and the feeds' fields; for reading: putting into queues
	users    map[ids.ID]map[*Feed]bool
	channels map[Channel]map[*Feed]bool // those that are not personal
	ended    Ended
}

func newHub(c Config) *hub {
	return &hub{config: c, queue: make(chan task, c.EventQueue), users: map[ids.ID]map[*Feed]bool{}, channels: map[Channel]map[*Feed]bool{}}
}

func (h *hub) subscribe(who Subscriber, keep func(Channel) (func(), error)) (*Feed, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended != "" {
		return nil, errs.New(errs.Unavailable, "Shutting down")
	}
	most := h.config.StreamsPerAccount
	if who.UserID == 0 {
		most = h.config.StreamsOfNobody
	}
	if len(h.users[who.UserID]) >= most {
		return nil, errs.New(errs.TooMany, "Too many streams are open")
	}
	f := &Feed{hub: h, who: who, keep: keep, queue: make(chan Delivery, h.config.FeedQueue), channels: map[Channel]subscription{}}
	if h.users[who.UserID] == nil {
		h.users[who.UserID] = map[*Feed]bool{}
	}
	h.users[who.UserID][f] = true
	h.open.Add(1)
	return f, nil
}

// add puts a feed on a channel and takes over release, which ends what is kept
// for that channel, if it returns true.
func (h *hub) add(f *Feed, c Channel, streams []string, release func()) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.ended != "" {
		return false, f.ended
	}
	if _, ok := f.channels[c]; ok {
		return false, nil
	}
	if len(f.channels) >= channelsMax {
		return false, errs.New(errs.TooMany, "Too many channels on one stream")
	}
	f.channels[c] = subscription{streams, release}
	if c.personal() {
		return true, nil
	}
	if h.channels[c] == nil {
		h.channels[c] = map[*Feed]bool{}
	}
	h.channels[c][f] = true
	return true, nil
}

func (h *hub) remove(f *Feed, c Channel) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget(f, c)
}

// forget takes a feed off a channel; h.mu is held.
func (h *hub) forget(f *Feed, c Channel) {
	if on, ok := f.channels[c]; ok {
		on.release()
	}
	delete(f.channels, c)
	delete(h.channels[c], f)
	if len(h.channels[c]) == 0 {
		delete(h.channels, c)
	}
}

// end closes feeds; those that have ended keep their reason.
func (h *hub) end(why Ended, feeds ...*Feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range feeds {
		h.endOne(why, f)
	}
}

// endOne closes a feed; h.mu is held, so nobody is putting into its queue.
func (h *hub) endOne(why Ended, f *Feed) {
	if f.ended != "" {
		return
	}
	f.ended = why
	for c := range f.channels {
		h.forget(f, c)
	}
	delete(h.users[f.who.UserID], f)
	if len(h.users[f.who.UserID]) == 0 {
		delete(h.users, f.who.UserID)
	}
	h.open.Add(-1)
	close(f.queue)
}

// endWhere closes the feeds that match.
func (h *hub) endWhere(why Ended, match func(*Feed) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, feeds := range h.users {
		for f := range feeds {
			if match(f) {
				h.endOne(why, f)
			}
		}
	}
}

// shut closes all feeds and lets no more in.
func (h *hub) shut() {
	h.mu.Lock()
	h.ended = EndedShutdown
	h.mu.Unlock()
	h.endWhere(EndedShutdown, func(*Feed) bool { return true })
}

func (h *hub) isConnected(account ids.ID) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.users[account]) > 0
}

// listeners returns the accounts that hear one of the channels, 0 for nobody's
// feeds.
func (h *hub) listeners(channels []Channel) map[ids.ID]bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	accounts := map[ids.ID]bool{}
	for _, c := range channels {
		for f := range h.channels[c] {
			accounts[f.who.UserID] = true
		}
	}
	return accounts
}

// toUsers puts a message into the feeds of accounts that hear a personal
// channel.
func (h *hub) toUsers(m *Message, c Channel, accounts []ids.ID) {
	var slow []*Feed
	h.mu.RLock()
	for _, id := range accounts {
		for f := range h.users[id] {
			if on, ok := f.channels[c]; ok && !f.put(Delivery{on.streams, m}) {
				slow = append(slow, f)
			}
		}
	}
	h.mu.RUnlock()
	h.endSlow(slow)
}

// toChannels puts a message into the feeds that hear the channels and belong
// to one of the accounts.
func (h *hub) toChannels(m *Message, channels []Channel, accounts map[ids.ID]bool) {
	var slow []*Feed
	h.mu.RLock()
	for _, c := range channels {
		for f := range h.channels[c] {
			if accounts[f.who.UserID] && !f.put(Delivery{f.channels[c].streams, m}) {
				slow = append(slow, f)
			}
		}
	}
	h.mu.RUnlock()
	h.endSlow(slow)
}

// toEverybody puts a message into all feeds that hear a personal channel.
func (h *hub) toEverybody(m *Message, c Channel) {
	var slow []*Feed
	h.mu.RLock()
	for _, feeds := range h.users {
		for f := range feeds {
			if on, ok := f.channels[c]; ok && !f.put(Delivery{on.streams, m}) {
				slow = append(slow, f)
			}
		}
	}
	h.mu.RUnlock()
	h.endSlow(slow)
}

func (h *hub) endSlow(slow []*Feed) {
	if len(slow) > 0 {
		h.end(EndedSlow, slow...)
	}
}

// put tells whether there was room; the feed is open, because hub.mu is held.
func (f *Feed) put(d Delivery) bool {
	select {
	case f.queue <- d:
		return true
	default:
		return false
	}
}

// lately remembers the newest events: one that is published again, as happens
// when a relay is not sure, is not sent again.
type lately struct {
	known map[ids.ID]bool
	order []ids.ID
	next  int
}

// latelyMax is how many events are remembered.
const latelyMax = 4096

// add tells whether an event is new.
func (l *lately) add(id ids.ID) bool {
	if l.known[id] {
		return false
	}
	if l.known == nil {
		l.known = make(map[ids.ID]bool, latelyMax)
		l.order = make([]ids.ID, latelyMax)
	}
	delete(l.known, l.order[l.next])
	l.known[id] = true
	l.order[l.next] = id
	l.next = (l.next + 1) % latelyMax
	return true
}

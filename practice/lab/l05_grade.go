package lab

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// gradeQueue runs an answer and a good answer against the same faults.
func gradeQueue(seed uint64, a Answer) *Report {
	var c config
	if wrong := c.read(a, queueFields(seed)); wrong != "" {
		return &Report{Void: true, Parts: []Part{{Name: "Configuration", Max: 100, Text: wrong}}}
	}
	got, good := simulate(seed, c), simulate(seed, newStream(seed).right())
	effect, loss, poison, order := got.effectPart(), got.lossPart(), got.poisonPart(), got.orderPart()
	flow, load := got.flowPart(good), got.loadPart(good)
	whole := true
	for _, p := range []Part{effect, loss, poison, order} {
		whole = whole && p.Points == p.Max
	}
	r := &Report{Parts: []Part{effect, loss, poison, order, flow, load}}
	points, _ := r.Points()
	r.Passed = whole && points >= 85
	until := len(got.backlog) // up to when all is done, in both
	for until > 2 && got.backlog[until-2][1] == 0 && good.backlog[until-2][1] == 0 {
		until--
	}
	r.Charts = []Chart{
		{Kind: Lines, Title: "Messages that are not done", X: "seconds", Y: "messages", Series: []Series{
			{Name: "yours", Points: got.backlog[:until]}, {Name: "a good answer", Points: good.backlog[:until]}}},
		{Kind: Bars, Title: "Deliveries", Y: "deliveries", LogY: true, Labels: []string{"messages", "yours", "a good answer"}, Series: []Series{
			{Name: "deliveries", Points: [][2]float64{{0, float64(len(got.messages))}, {1, float64(got.handed)}, {2, float64(good.handed)}}}}},
	}
	r.Tables = []Table{got.table()}
	r.Log = strings.Join(got.lines, "\n")
	if got.dropped > 0 {
		r.Log += fmt.Sprintf("\n… and %d more lines", got.dropped)
	}
	return r
}

// healthy returns the operations that can be done.
func (b *broker) healthy() (out []*operation) {
	for _, o := range b.ops {
		if !o.poison {
			out = append(out, o)
		}
	}
	return out
}

// some names a few of many.
func some(ids []string) string {
	if len(ids) > 4 {
		return strings.Join(ids[:4], ", ") + fmt.Sprintf(" and %d more", len(ids)-4)
	}
	return strings.Join(ids, ", ")
}

func (b *broker) table() Table {
	t := Table{Title: "Balances in the end", Head: []string{"account", "is", "should be", ""}}
	want := b.expected()
	for _, a := range b.accounts {
		mark := ""
		if b.balances[a] != want[a] {
			mark = "wrong"
		}
		t.Rows = append(t.Rows, []string{a, fmt.Sprint(b.balances[a]), fmt.Sprint(want[a]), mark})
	}
	return t
}

// effectPart looks at what took effect more than once, and at the balances.
func (b *broker) effectPart() Part {
	p := Part{Name: "Effect exactly once", Max: 35}
	var twice, wrong []string
	for _, o := range b.healthy() {
		if o.applied > 1 {
			twice = append(twice, o.id)
		}
	}
	want := b.expected()
	for _, a := range b.accounts {
		if b.balances[a] != want[a] {
			wrong = append(wrong, a)
		}
	}
	if len(twice) == 0 && len(wrong) == 0 {
		p.Points, p.Text = p.Max, "All balances are right, and nothing took effect twice."
		return p
	}
	p.Points = max(0, 20-4*len(wrong)-2*len(twice))
	if len(wrong) > 0 {
		p.Text = fmt.Sprintf("The balances of %s are wrong. ", some(wrong))
	}
	if len(twice) > 0 {
		p.Text += fmt.Sprintf("More than once: %s. %s", some(twice), b.whyTwice())
	}
	p.Text = strings.TrimSpace(p.Text)
	return p
}

// whyTwice says what in the configuration lets an effect happen again.
func (b *broker) whyTwice() string {
	switch {
	case b.key == keyNone:
		return "Without a key nobody knows that an operation was done."
	case b.key == keyDelivery:
		return "A key that is new at each delivery never meets itself."
	case b.record == recordMemory:
		return "What a worker remembers dies with it, and the other workers do not know it."
	case b.record == recordAfter:
		return "A worker that dies between the effect and the key leaves an effect that nobody knows of."
	case b.key == keyMessage:
		return "A sender that sends again gets a new message id from the broker: only what the sender itself made tells that it is the same operation."
	}
	return "Two workers had it at the same time: a key must be unique within the transaction of the effect."
}

// lossPart looks at what never took effect.
func (b *broker) lossPart() Part {
	p := Part{Name: "Nothing is lost", Max: 20}
	var lost []string
	why := ""
	for _, o := range b.healthy() {
		if o.applied > 0 {
			continue
		}
		lost = append(lost, o.id)
		if why == "" {
			why = fmt.Sprintf("%s was %s.", o.id, o.fate)
			if o.fate == "" {
				why = fmt.Sprintf("%s still waited after %g minutes.", o.id, horizon.Minutes())
			}
		}
	}
	if len(lost) == 0 {
		p.Points, p.Text = p.Max, "Every operation that can be done was done."
		return p
	}
	p.Points = max(0, 10-2*len(lost))
	p.Text = fmt.Sprintf("Without effect: %s. %s", some(lost), why)
	switch {
	case b.ack != ackCommit:
		p.Text += " An acknowledgement says that the work is safe. Before the commit that is not true yet."
	case b.key == keyAccount || b.key == keyContent:
		p.Text += " The key is the same for operations that are not the same."
	case b.record == recordBefore:
		p.Text += " The key was there before the effect, so that the next delivery took it for done."
	case b.most > 0 && b.dead != deadRestart:
		p.Text += fmt.Sprintf(" All deliveries together must last longer than an outage of %g s.", b.outage.Seconds())
	}
	return p
}

// poisonPart looks at the message that can never be read.
func (b *broker) poisonPart() Part {
	p := Part{Name: "The poison message is put aside", Max: 15}
	for _, m := range b.messages {
		if !m.op.poison {
			continue
		}
		switch {
		case m.parked && m.tries <= 30:
			p.Points, p.Text = p.Max, fmt.Sprintf("%s is parked after %d deliveries, where somebody can look at it.", m.id, m.tries)
		case m.parked:
			p.Points, p.Text = 8, fmt.Sprintf("%s is parked, but only after %d deliveries.", m.id, m.tries)
		case m.done:
			p.Text = fmt.Sprintf("%s is gone without a trace: it was acknowledged or dropped. Nobody will ever know what was in it.", m.id)
		default:
			p.Text = fmt.Sprintf("%s was delivered %d times and still comes back. A number of deliveries must end it, and a dead-letter queue keep it.", m.id, m.tries)
		}
	}
	return p
}

// orderPart looks at operations that overtook others of their account.
func (b *broker) orderPart() Part {
	p := Part{Name: "Order within an account", Max: 10}
	var late []string
	for _, o := range b.healthy() {
		if o.late {
			late = append(late, o.id)
		}
	}
	if len(late) == 0 {
		p.Points, p.Text = p.Max, "Nothing took effect after a later operation of its account."
		return p
	}
	p.Text = fmt.Sprintf("%s took effect after a later operation of the same account.", some(late))
	if b.ordering == orderNone {
		p.Text += " With several workers, the faster message wins. An ordering key makes those of one account wait for each other."
	} else {
		p.Text += " What was put back to the end of the queue was overtaken."
	}
	return p
}

// latency is how long nine of ten operations took from being sent to their effect.
func (b *broker) latency() time.Duration {
	first := map[*operation]time.Duration{}
	for _, m := range b.messages {
		if at, ok := first[m.op]; !ok || m.published < at {
			first[m.op] = m.published
		}
	}
	var all []time.Duration
	for _, o := range b.healthy() {
		if o.applied == 0 {
			all = append(all, horizon)
			continue
		}
		all = append(all, o.first-first[o])
	}
	slices.Sort(all)
	return all[len(all)*9/10]
}

// flowPart looks at how long operations waited.
func (b *broker) flowPart(good *broker) Part {
	p := Part{Name: "The rest flows", Max: 12}
	got, fine := b.latency(), good.latency()
	switch {
	case got <= fine*3/2+2*time.Second:
		p.Points, p.Text = p.Max, "Operations do not wait longer than they must"
	case got <= fine*3+5*time.Second:
		p.Points, p.Text = 6, "Operations wait longer than they must"
	default:
		p.Text = "Operations wait far too long"
	}
	p.Text += fmt.Sprintf(": nine of ten take effect within %.1f s, in a good answer %.1f s.", got.Seconds(), fine.Seconds())
	if p.Points < p.Max && b.ordering == orderAll {
		p.Text += " One ordering key for all lets everybody wait for the one that fails."
	} else if p.Points < p.Max && b.wait > 4*b.slowest {
		p.Text += fmt.Sprintf(" What a dead worker had in hand waits for the acknowledgement timeout of %g s.", b.wait.Seconds())
	}
	return p
}

// loadPart looks at how often messages were delivered.
func (b *broker) loadPart(good *broker) Part {
	p := Part{Name: "No retry storm", Max: 8}
	switch {
	case b.handed <= 2*good.handed:
		p.Points, p.Text = p.Max, "Few deliveries were in vain"
	case b.handed <= 4*good.handed:
		p.Points, p.Text = 4, "Many deliveries were in vain"
	default:
		p.Text = "The queue and the database are hammered"
	}
	p.Text += fmt.Sprintf(": %d deliveries of %d messages, %d in a good answer.", b.handed, len(b.messages), good.handed)
	if p.Points < p.Max && b.wait < b.slowest {
		p.Text += fmt.Sprintf(" The slowest message takes %g s: with less time to acknowledge it comes again while it is handled.", b.slowest.Seconds())
	} else if p.Points < p.Max {
		p.Text += " Pauses that grow give a database the quiet to come back."
	}
	return p
}

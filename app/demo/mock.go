package demo

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Mock is a mock interview: one that is over, one that is agreed on, or a
// proposal that everyone may accept.
type Mock struct {
	Proposer, Partner int // members; Partner -1: nobody has accepted
	Role, Level, Note string
	ProposedAt        time.Time
	AcceptedAt        time.Time
	Slots             []time.Time // the first one is accepted
	Acts              []Act       // what has happened in it, in order of time
}

// Act is what one of the two does in an interview.
type Act struct {
	At      time.Time
	Partner bool   // who has accepted does it
	Do      string // enter, type, review, or a type of event
	Text    string // of a note, hint or flag, a phase, a card of backend-core; what is typed; what a review notes
	Marks   string // of a review, for each point of the rubric in order: y, p or n
	Praise  string // of a review
	Advice  string // of a review
}

// The texts of the interview that is over.
const (
	saidOfQueries = "First: which statement is it? Slow log, p99 per statement, and how often it runs.\n\nEXPLAIN (ANALYZE, BUFFERS)\n  Seq Scan on orders  rows=4,100,000\n    Filter: customer_id = $1 AND status = 'open'\n    Rows returned: 12\n\nIt reads four million rows to give twelve.\n\nCREATE INDEX CONCURRENTLY orders_open\n  ON orders (customer_id, created_at)\n  WHERE status = 'open';\n\nEquality first, then the order. Partial, because only 2 % are open.\n"
	saidOfCosts   = "\nCost: one more tree to keep on every insert and on every change of status, some 80 MB. Partial keeps both small.\n\nProof: the same load before and after, p99 on the dashboard, and a test that looks at the plan.\n"
	heardOfOrders = "+ measured first, then read the plan aloud\n+ partial index, and why\n? stale statistics\n? is the loop around it the real cause\n"
	saidOfRetries = "After a timeout I do not know what has happened: never arrived, still running, or done and the answer lost.\n\n1. Client makes a key once per order, the same for each try.\n2. Server: INSERT INTO keys ... in the transaction of the order.\n   There already? Give the stored answer.\n   Other body with the same key? 422.\n3. Wait 200 ms, 400, 800 ... at most 10 s, each times a random factor.\n   Retry-After wins.\n"
	saidOfLimits  = "\nOne deadline for all tries, handed on to whoever I call. And only one layer retries, or three layers of three tries make 27 calls.\n"
	heardOfKeys   = "+ unknown outcome, in the first sentence\n+ key and effect in one transaction\n? which methods need no key\n"
)

// mocks plans the interviews: who takes part are those who practise.
func (g *generator) mocks(practices []Practice) []Mock {
	if len(practices) < 2 {
		return nil
	}
	ada, second, third := practices[0].Member, practices[1].Member, practices[min(2, len(practices)-1)].Member
	past := g.ago(1.8).Truncate(30 * time.Minute)
	soon := g.now.Add(26 * time.Hour).Truncate(time.Hour)
	return []Mock{
		{Proposer: ada, Partner: second, Role: "back-end", Level: "mid", Note: "I would like to talk while I write, and hear where I lose you.",
			ProposedAt: past.Add(-70 * time.Hour), AcceptedAt: past.Add(-50 * time.Hour), Slots: []time.Time{past, past.Add(24 * time.Hour)}, Acts: played(past)},
		{Proposer: third, Partner: ada, Role: "back-end", Level: "senior", Note: "Please ask me something about queues.",
			ProposedAt: g.ago(1), AcceptedAt: g.ago(0.6), Slots: []time.Time{soon, soon.Add(48 * time.Hour)}},
		{Proposer: second, Partner: -1, Role: "platform", Level: "mid", Note: "My first one. Half an hour each is enough for me.",
			ProposedAt: g.ago(0.2), Slots: []time.Time{soon.Add(22 * time.Hour), soon.Add(70 * time.Hour), soon.Add(94 * time.Hour)}},
	}
}

// played is the interview that is over.
func played(slot time.Time) []Act {
	after := func(minutes float64) time.Time { return slot.Add(time.Duration(minutes * float64(time.Minute))) }
	all := []Act{
		{At: after(-4), Do: "enter"},
		{At: after(-2), Do: "enter", Partner: true},
		{At: after(0.5), Do: "phase", Text: "round1", Partner: true},
		{At: after(0.8), Do: "card", Text: "be-013", Partner: true},
		{At: after(6), Do: "note", Text: "Reads the plan before touching anything. Good.", Partner: true},
		{At: after(11), Do: "hint", Text: "And what do the writers pay for it?", Partner: true},
		{At: after(11.5), Do: "flag", Text: "I always forget this part"},
		{At: after(18), Do: "end", Partner: true},
		{At: after(21), Do: "phase", Text: "round2"},
		{At: after(21.3), Do: "card", Text: "be-022"},
		{At: after(27), Do: "note", Text: "Ask about deadlines if there is time."},
		{At: after(30), Do: "hint", Text: "Who else retries on the way?"},
		{At: after(38), Do: "end"},
		{At: after(42), Do: "review", Partner: true, Marks: "yyypypy", Praise: "You say what you look for before you look.", Advice: "Name the price of an index without being asked.", Text: "I would hire you for this one."},
		{At: after(47), Do: "review", Marks: "yypyypy", Praise: "The unknown outcome came first; everything followed from it.", Advice: "Say which methods need no key at all."},
	}
	for _, t := range []struct {
		from    float64
		partner bool
		text    string
	}{{1.5, false, saidOfQueries}, {12, false, saidOfCosts}, {4, true, heardOfOrders}, {22.5, true, saidOfRetries}, {31, true, saidOfLimits}, {26, false, heardOfKeys}} {
		all = append(all, typed(after(t.from), t.partner, t.text)...)
	}
	slices.SortStableFunc(all, func(a, b Act) int { return a.At.Compare(b.At) })
	return all
}

// typed is a text as it is typed: some words every few seconds.
func typed(from time.Time, partner bool, text string) (all []Act) {
	const most = 30 // characters at once
	for text != "" {
		end := len(text)
		for i, r := range text {
			if r == ' ' && utf8.RuneCountInString(text[:i]) >= most {
				end = i
				break
			}
		}
		all = append(all, Act{At: from.Add(time.Duration(len(all)) * 9 * time.Second), Do: "type", Text: text[:end], Partner: partner})
		text = text[end:]
	}
	return all
}

package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Practice is what one member does to prepare for an interview.
type Practice struct {
	Member      int
	Role, Level string
	Minutes     int       // of a session
	Interview   time.Time // zero: no day is set
	Stories     []Story
	Tries       []Try // in ascending order of time
	// Sitting is when a session was begun that has not been ended; zero: none.
	// Its first cards are answered as Reply says.
	Sitting time.Time
	Runs    []Run // of labs, in ascending order of time
}

// Run is an answer to the lab of the queue that delivers at least once.
type Run struct {
	At    time.Time
	Right bool // it passes, and the receipt is shown
}

// Story is something to be told in an interview.
type Story struct{ Title, Situation, Task, Action, Result string }

// Try is an answer to a card of the deck backend-core, or the giving up of it.
type Try struct {
	At        time.Time
	Card      string
	Skip      bool
	Text      string
	Marks     string // for each point of the rubric in order: y, p or n
	Predicted int    // percent
	Seconds   int
	Story     int // an index of Stories, or -1
}

// reply is an answer as content/practice.txt has it: a line "# card marks seconds"
// and the text, in which {alternatives|…} are chosen from. Weak answers to a card
// come before better ones, or the other way round; both are used.
type reply struct {
	card, marks string
	seconds     int
	text        string
}

func loadReplies() []reply {
	all, err := parseReplies(readContent("practice.txt"))
	if err != nil {
		panic("demo: practice.txt: " + err.Error())
	}
	return all
}

func parseReplies(text string) ([]reply, error) {
	var all []reply
	for n, line := range strings.Split(text, "\n") {
		head, ok := strings.CutPrefix(line, "# ")
		if !ok {
			if line = strings.TrimSpace(line); line != "" && len(all) > 0 {
				r := &all[len(all)-1]
				r.text = strings.TrimSpace(r.text + "\n\n" + line)
			}
			continue
		}
		words := strings.Fields(head)
		if len(words) != 3 || strings.Trim(words[1], "ypn") != "" {
			return nil, fmt.Errorf("line %d: no card, marks and seconds", n+1)
		}
		seconds, err := strconv.Atoi(words[2])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		all = append(all, reply{card: words[0], marks: words[1], seconds: seconds})
	}
	return all, nil
}

// practisers is how many members prepare for an interview.
const practisers = 12

// sitting is a try of the first member: which reply to a card, how many days ago.
type sitting struct {
	days  float64
	card  string
	which int // of the card's replies; -1: skipped
	story int
}

// first is how the first member has practised: with five or six reviews due now,
// others in the days and weeks to come, and a card that went wrong at first.
var first = []sitting{
	{25, "be-001", 0, -1}, {23.9, "be-013", 0, -1}, {21.5, "be-013", 1, -1}, {13.4, "be-006", 0, -1}, {12.1, "be-001", 0, -1},
	{9.1, "be-006", 1, -1}, {6.3, "be-007", 0, -1}, {6, "be-013", 1, -1}, {5.8, "be-014", 0, 0}, {5.2, "be-016", 0, -1},
	{4.2, "be-022", 0, -1}, {3.1, "be-008", 0, -1}, {1.6, "be-017", -1, -1}, {1.2, "be-003", 0, -1}, {1.1, "be-002", 0, -1}, {0.3, "be-024", 0, 1},
}

var firstStories = []Story{
	{"The export that never came",
		"Two of us moved the payments of a shop to a new provider. My reconciliation needed a colleague's export, which slipped for three weeks.",
		"I had promised finance a date, and half of the work was not mine.",
		"I asked him for half an hour alone and what was in the way: he was on call for two teams. We cut the export to the two columns that I needed, spoke every other day, and told our lead together.",
		"We were four days late instead of four weeks. Finance closed the quarter on time, and he asks me to look at his plans now."},
	{"4,000 people signed out",
		"A nightly job was to delete sessions older than thirty days. It read the column of the last change instead of the last use.",
		"The change was mine, and I had called the review trivial.",
		"I said so in the incident channel before I knew why, stopped the job, restored the table from the last backup, and wrote to support what to tell people.",
		"Everybody was back after 40 minutes and nothing else was lost. Deletions count first now and stop above a limit, which has caught one real mistake since."},
}

// practices plans who prepares how.
func (g *generator) practices() []Practice {
	replies := loadReplies()
	var all []Practice
	for _, m := range g.humans[:min(len(g.humans), practisers)] {
		rng := g.rng(streamPractice, uint64(m))
		p := Practice{Member: m, Role: pick(rng, []string{"back-end", "back-end", "full-stack", "platform"}), Level: pick(rng, []string{"junior", "mid", "mid", "senior"}),
			Minutes: pick(rng, []int{15, 25, 25, 40})}
		if m == 0 {
			p.Role, p.Level, p.Minutes, p.Stories = "back-end", "mid", 25, firstStories
			p.Sitting = g.now.Add(-50 * time.Minute)
			for _, s := range first {
				p.Tries = append(p.Tries, g.plannedTry(rng, replies, s))
			}
		} else {
			p.Tries = g.tries(rng, replies)
		}
		if m == 0 || rng.IntN(2) == 0 {
			p.Interview = g.now.Add(time.Duration(9+rng.IntN(30)) * day).Truncate(day)
		}
		p.Runs = g.runs(len(all))
		all = append(all, p)
	}
	return all
}

// runs are the labs of the n-th of those who practise: the first four have passed
// one, the first of them only at the second try.
func (g *generator) runs(n int) []Run {
	switch {
	case n == 0:
		return []Run{{At: g.ago(4.3)}, {At: g.ago(4.25), Right: true}}
	case n < 4:
		return []Run{{At: g.ago(3.7 * float64(n)), Right: true}}
	}
	return nil
}

func (g *generator) ago(days float64) time.Time {
	return g.now.Add(-time.Duration(days * float64(day)))
}

func (g *generator) plannedTry(rng *rand.Rand, replies []reply, s sitting) Try {
	if s.which < 0 {
		return Try{At: g.ago(s.days), Card: s.card, Skip: true, Story: -1}
	}
	i := slices.IndexFunc(replies, func(r reply) bool { return r.card == s.card })
	t := replies[i+s.which].try(rng, g.ago(s.days))
	t.Marks, t.Story = replies[i+s.which].marks, s.story // as first counts on
	return t
}

// tries are what other members have done over the last weeks: 3 to 25 cards, some
// of them again after some days.
func (g *generator) tries(rng *rand.Rand, replies []reply) []Try {
	var all []Try
	for _, i := range rng.Perm(len(replies))[:3+rng.IntN(len(replies)-8)] {
		days := 0.2 + 25*rng.Float64()
		if rng.IntN(9) == 0 {
			all = append(all, Try{At: g.ago(days), Card: replies[i].card, Skip: true, Story: -1})
			days *= 0.6
		}
		all = append(all, replies[i].try(rng, g.ago(days)))
		if days > 6 && rng.IntN(3) == 0 {
			all = append(all, replies[i].try(rng, g.ago(days*0.4)))
		}
	}
	slices.SortFunc(all, func(a, b Try) int { return a.At.Compare(b.At) })
	return all[:min(len(all), 25)]
}

// Reply returns an answer to a card as somebody would give it at a time; none
// if nothing is written for the card.
func Reply(seed uint64, card string, at time.Time) (t Try, ok bool) {
	rng := rand.New(rand.NewPCG(seed, hash(card)))
	for _, r := range loadReplies() {
		if r.card == card {
			t, ok = r.try(rng, at), true // the last one
		}
	}
	return t, ok
}

// try makes an answer of a reply, with other words and now and then another mark.
func (r reply) try(rng *rand.Rand, at time.Time) Try {
	marks := []byte(r.marks)
	if i := rng.IntN(len(marks)); rng.IntN(3) == 0 && marks[i] == 'y' {
		marks[i] = 'p'
	}
	good := 0
	for _, m := range marks {
		good += map[byte]int{'y': 2, 'p': 1}[m]
	}
	predicted := 50*good/len(marks) + rng.IntN(31) - 10
	return Try{At: at, Card: r.card, Text: expand(rng, r.text), Marks: string(marks), Predicted: min(max(predicted/5*5, 5), 95),
		Seconds: r.seconds + rng.IntN(41) - 20, Story: -1}
}

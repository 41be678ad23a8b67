package practice

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/practice/deck"
)

// cardsPerSession is how many cards are drawn for a session of the usual length.
const cardsPerSession = 6

// candidate is a card that may be drawn.
type candidate struct {
	SessionCard
	weight float64
	order  float64 // by which candidates are drawn: random, by weight
}

// Draw chooses the cards of a session from decks, whose cards are in the order of
// their ids, by a plan and by what is known of cards that were practised, soonest
// due first. The same seed draws the same cards.
func Draw(decks []*Deck, terms *deck.Terms, plan Plan, known []Schedule, now time.Time, seed uint64) []SessionCard {
	lib := newLibrary()
	for _, d := range decks {
		lib.decks, lib.byID[d.ID] = append(lib.decks, d), d
	}
	return draw(lib, terms, plan, known, now, seed)
}

// draw chooses the cards of a session: reviews that are due, then what the plan
// wants and was practised least, then what was never seen; if nothing else is
// left, what comes next. Kinds are mixed. The same seed draws the same cards.
func draw(lib *library, terms *deck.Terms, plan Plan, known []Schedule, now time.Time, seed uint64) []SessionCard {
	most := max(1, (plan.Minutes*cardsPerSession+defaultMinutes/2)/defaultMinutes)
	rng := rand.New(rand.NewPCG(seed, 0))
	seen, practised := map[string]bool{}, map[string]int{}
	var due, ahead []SessionCard
	for _, k := range known { // soonest first
		card := lib.card(k.DeckID, k.CardID)
		if card == nil {
			continue
		}
		seen[k.DeckID+"/"+k.CardID] = true
		practised[top(card.Topic)] += k.Reviews
		if k.DueAt.After(now) {
			ahead = append(ahead, SessionCard{Card: card, DeckID: k.DeckID, Reason: Ahead})
		} else {
			due = append(due, SessionCard{Card: card, DeckID: k.DeckID, Reason: Due})
		}
	}
	drawn := due[:min(len(due), most)]
	unseen := candidates(lib, terms, plan, seen, practised, rng)
	for _, c := range unseen {
		if len(drawn) < most {
			drawn = append(drawn, c.SessionCard)
		}
	}
	for _, c := range ahead {
		if len(drawn) < most {
			drawn = append(drawn, c)
		}
	}
	return mix(drawn)
}

// candidates returns the cards that a member has not seen, by chance and weight:
// the role's weight of the topic, less for topics that were practised, less for
// levels below the plan's. Cards above the plan's level are left out.
func candidates(lib *library, terms *deck.Terms, plan Plan, seen map[string]bool, practised map[string]int, rng *rand.Rand) []candidate {
	level := func(id string) int {
		return slices.IndexFunc(terms.Levels, func(t deck.Term) bool { return t.ID == id })
	}
	want := level(plan.Level)
	var list []candidate
	for _, d := range lib.decks {
		role, ok := d.Roles[plan.Role]
		if !ok {
			continue
		}
		for _, c := range d.Cards {
			below := want - level(c.Level)
			weight := role.Weight(c.Topic) / float64(1+max(below, 0)) / float64(1+practised[top(c.Topic)])
			if seen[d.ID+"/"+c.ID] || below < 0 || weight == 0 || !slices.Contains(c.Roles, plan.Role) {
				continue
			}
			reason := Fresh
			if practised[top(c.Topic)] == 0 && len(practised) > 0 && role.Weight(c.Topic) > 1 {
				reason = Gap
			}
			list = append(list, candidate{SessionCard: SessionCard{Card: c, DeckID: d.ID, Reason: reason}, weight: weight, order: rng.ExpFloat64() / weight})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.order, b.order))
	})
	return list
}

// mix puts cards of the same kind apart as far as it goes, and keeps the order
// otherwise.
func mix(list []SessionCard) []SessionCard {
	var mixed []SessionCard
	for len(list) > 0 {
		next := 0
		if n := len(mixed); n > 0 {
			if i := slices.IndexFunc(list, func(c SessionCard) bool { return c.Card.Kind != mixed[n-1].Card.Kind }); i >= 0 {
				next = i
			}
		}
		mixed = append(mixed, list[next])
		list = slices.Delete(slices.Clone(list), next, next+1)
	}
	return mixed
}

// top is the root of a topic: databases of databases/query-tuning.
func top(topic string) string {
	root, _, _ := strings.Cut(topic, "/")
	return root
}

package terminal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/fsrs"
)

// version is the form of the file that is written, and the only one that is read.
const version = 1

// history is what the file holds.
type history struct {
	Version int      `json:"version"`
	Log     []rating `json:"log"` // oldest first
}

// rating is what became of one card.
type rating struct {
	Deck      string    `json:"deck"`
	Card      string    `json:"card"`
	Version   string    `json:"card_version"` // hash of the card's file
	At        time.Time `json:"at"`
	Rating    int       `json:"rating"` // 1 Again to 4 Easy
	Seed      uint64    `json:"seed"`   // of the scheduler's fuzz
	Skipped   bool      `json:"skipped,omitempty"`
	Answer    string    `json:"answer,omitempty"`
	Predicted int       `json:"predicted"` // percent; -1: not said
	Score     int       `json:"score"`     // percent
	Seconds   int       `json:"seconds"`
}

// read returns what a file holds; a file that is not there is empty. One that
// cannot be read is an error, so that nothing in it is lost.
func read(file string) (history, error) {
	h := history{Version: version}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(data, &h); err != nil {
		return h, fmt.Errorf("%s cannot be read: %w", file, err)
	}
	if h.Version != version {
		return h, fmt.Errorf("%s is of version %d, which this program does not know", file, h.Version)
	}
	return h, nil
}

// add appends a rating to what the file holds by now, and puts the whole in its
// place at once: however the program ends, the file is one or the other.
func add(file string, r rating) error {
	h, err := read(file)
	if err != nil {
		return err
	}
	h.Log = append(h.Log, r)
	data, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	t, err := os.CreateTemp(dir, filepath.Base(file)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = t.Write(append(data, '\n'))
	if err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err == nil {
		err = os.Rename(t.Name(), file)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(t.Name()))
	}
	return err
}

// schedules are made from the log, soonest first.
func (h history) schedules() []practice.Schedule {
	type name struct{ deck, card string }
	logs := map[name][]fsrs.Entry{}
	for _, r := range h.Log {
		at := name{r.Deck, r.Card}
		logs[at] = append(logs[at], fsrs.Entry{At: r.At, Rating: fsrs.Rating(r.Rating), Seed: r.Seed})
	}
	list := make([]practice.Schedule, 0, len(logs))
	for at, log := range logs {
		st := fsrs.Default().Replay(log)
		list = append(list, practice.Schedule{DeckID: at.deck, CardID: at.card, Stability: st.Stability, Difficulty: st.Difficulty,
			ReviewedAt: st.ReviewedAt, DueAt: st.DueAt, Reviews: st.Reviews, Lapses: st.Lapses})
	}
	slices.SortFunc(list, func(a, b practice.Schedule) int {
		if c := a.DueAt.Compare(b.DueAt); c != 0 {
			return c
		}
		return strings.Compare(a.CardID, b.CardID)
	})
	return list
}

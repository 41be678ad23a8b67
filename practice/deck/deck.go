// Package deck is the file format of interview questions: a folder with
// deck.yaml and a Markdown file for each card, whose front matter holds the
// question and the rubric. It reads such folders, says in which file and line
// what is wrong with one, and tells two versions apart. It keeps nothing: that
// is practice's own work.
package deck

// Kind is the sort of question that a card asks.
type Kind string

// The kinds.
const (
	Technical      Kind = "technical"
	Behavioral     Kind = "behavioral"
	Situational    Kind = "situational"
	ProblemSolving Kind = "problem-solving"
)

// Dimension is what a point of a rubric looks at.
type Dimension string

// The dimensions.
const (
	Reasoning     Dimension = "reasoning"
	Correctness   Dimension = "correctness"
	TradeOff      Dimension = "trade-off"
	Communication Dimension = "communication"
)

// Deck is a set of cards with its description.
type Deck struct {
	ID          string // lower case letters, digits and hyphens
	Title       string
	Summary     string
	Language    string // BCP 47
	Licence     string // SPDX
	Maintainers []string
	Roles       map[string]RoleMap // by a role's id
	Cards       []*Card            // by id
	Hash        string             // of all files: SHA-256, hexadecimal
	Source      []byte             // deck.yaml
}

// RoleMap says for which levels of a role a deck is, and how likely a card of
// each topic is drawn: 1 is usual, 0 never.
type RoleMap struct {
	Levels  []string
	Weights map[string]float64 // by a topic's id; the longest that is a card's topic or above it holds
}

// Card is one question with its rubric and the text that answers it. A card
// does not change: another text is another Hash.
type Card struct {
	ID        string // be-013
	Hash      string // of the file: SHA-256, hexadecimal
	Title     string
	Question  string
	Kind      Kind
	Roles     []string
	Topic     string
	Tags      []string
	Level     string
	Minutes   int // of speaking
	Language  string
	Licence   string
	Authors   []string
	Labs      []string
	Rubric    []Point
	Traps     []string // what weak answers do
	Sections  []Section
	FollowUps []FollowUp // the last section's, one by one
	Source    []byte     // the file
}

// Point is a line of a rubric.
type Point struct {
	ID     string
	Must   bool // an answer without it is not enough
	Weight int
	Dim    Dimension
	Text   string
	Terms  []string // words that answers which make the point tend to contain
}

// Section is a part of a card's text under its heading.
type Section struct {
	Title string
	Text  string // Markdown
}

// FollowUp is what an interviewer may ask next, and what to say to it.
type FollowUp struct {
	Question string
	Answer   string // Markdown
}

// Terms are the words that decks may use: roles.yaml and topics.yaml.
type Terms struct {
	Roles  []Term
	Levels []Term // from the first to the highest
	Topics []Term // a tree by "/"
	Tags   []string
}

// Term is one of them.
type Term struct{ ID, Title, About string }

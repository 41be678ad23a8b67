package practice

// MockPanes is what stands in the panes after some events. Its zero value is
// that of the beginning.
type MockPanes struct {
	Round       int // that runs or ran last; 0: none yet
	candidate   []rune
	interviewer []rune
}

// Candidate returns the text of the candidate's pane.
func (p *MockPanes) Candidate() string { return string(p.candidate) }

// Interviewer returns the text of the interviewer's pane.
func (p *MockPanes) Interviewer() string { return string(p.interviewer) }

// Apply takes in the next event. A patch whose text is gone with who wrote it
// changes nothing.
func (p *MockPanes) Apply(e MockEvent) {
	if e.Data == nil {
		return
	}
	switch {
	case e.Type == MockPhase && e.Data.Phase == MockRound1.String():
		*p = MockPanes{Round: 1}
	case e.Type == MockPhase && e.Data.Phase == MockRound2.String():
		*p = MockPanes{Round: 2}
	case e.Type == MockPatch && e.Data.Pane == PaneCandidate:
		p.candidate = patched(p.candidate, e.Data)
	case e.Type == MockPatch:
		p.interviewer = patched(p.interviewer, e.Data)
	}
}

// patched is a text after a patch.
func patched(text []rune, d *MockData) []rune {
	at := min(d.At, len(text))
	end := min(at+d.Remove, len(text))
	out := make([]rune, 0, len(text)+len(d.Insert))
	out = append(out, text[:at]...)
	out = append(out, []rune(d.Insert)...)
	return append(out, text[end:]...)
}

package deck

import (
	"fmt"
	"strings"
)

// context is how many lines a diff shows around those that changed.
const context = 3

// maxTable bounds the lines of one file times those of the other that are
// compared; beyond it, all that is between the first and the last changed line
// is shown as replaced.
const maxTable = 1 << 20

// edit is a line of a diff: ' ' in both files, '-' in the old, '+' in the new.
type edit struct {
	sign byte
	line string
}

// unified returns the difference of two files in the unified format; nil is a
// file that does not exist.
func unified(name string, before, after []byte) string {
	from, to := "a/"+name, "b/"+name
	if before == nil {
		from = "/dev/null"
	}
	if after == nil {
		to = "/dev/null"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", from, to)
	edits := diff(lines(before), lines(after))
	old, now := 0, 0 // lines before the edit at i
	for i := 0; i < len(edits); {
		if edits[i].sign == ' ' && !near(edits, i) {
			old, now, i = old+1, now+1, i+1
			continue
		}
		var text strings.Builder
		removed, added := 0, 0
		for ; i < len(edits) && (edits[i].sign != ' ' || near(edits, i)); i++ {
			e := edits[i]
			if e.sign != '+' {
				removed++
			}
			if e.sign != '-' {
				added++
			}
			text.WriteByte(e.sign)
			text.WriteString(e.line)
			if !strings.HasSuffix(e.line, "\n") {
				text.WriteString("\n\\ No newline at end of file\n")
			}
		}
		fmt.Fprintf(&out, "@@ -%s +%s @@\n%s", span(old, removed), span(now, added), text.String())
		old, now = old+removed, now+added
	}
	return out.String()
}

// near reports whether a changed line is close enough to the one at i.
func near(edits []edit, i int) bool {
	for _, e := range edits[max(0, i-context):min(len(edits), i+context+1)] {
		if e.sign != ' ' {
			return true
		}
	}
	return false
}

// span is the place of a hunk in a file: the number of its first line and how
// many there are. An empty one is named by the line before it.
func span(before, count int) string {
	if count == 0 {
		return fmt.Sprintf("%d,0", before)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}

// diff returns the fewest lines to remove and to add that make a into b.
func diff(a, b []string) []edit {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out []edit
	for _, l := range a[:head] {
		out = append(out, edit{' ', l})
	}
	out = middle(out, a[head:len(a)-tail], b[head:len(b)-tail])
	for _, l := range a[len(a)-tail:] {
		out = append(out, edit{' ', l})
	}
	return out
}

// middle appends the edits by the longest common subsequence.
func middle(out []edit, a, b []string) []edit {
	i, j := 0, 0
	if len(a)*len(b) <= maxTable {
		table := common(a, b)
		for i < len(a) && j < len(b) {
			switch {
			case a[i] == b[j]:
				out = append(out, edit{' ', a[i]})
				i, j = i+1, j+1
			case table[i+1][j] >= table[i][j+1]:
				out = append(out, edit{'-', a[i]})
				i++
			default:
				out = append(out, edit{'+', b[j]})
				j++
			}
		}
	}
	for _, l := range a[i:] {
		out = append(out, edit{'-', l})
	}
	for _, l := range b[j:] {
		out = append(out, edit{'+', l})
	}
	return out
}

// common returns how many lines the rests of a from i and of b from j have in
// common, at [i][j].
func common(a, b []string) [][]int32 {
	table := make([][]int32, len(a)+1)
	for i := range table {
		table[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

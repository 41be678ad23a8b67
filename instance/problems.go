package instance

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/errs"
)

// problems is what is wrong with each input.
type problems map[string][]errs.Field

func (p problems) add(input, code, text string) {
	p[input] = append(p[input], errs.Field{Code: code, Text: text})
}

// length notes a text that is blank, unless it may be, or too long.
func (p problems) length(input, text string, optional bool, most int) {
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && !optional:
		p.add(input, "ERR_BLANK", "can't be blank")
	case n > most:
		p.add(input, "ERR_TOO_LONG", fmt.Sprintf("is too long (maximum is %d characters)", most))
	}
}

// error returns Invalid for the problems, nil for none.
func (p problems) error() error {
	if len(p) == 0 {
		return nil
	}
	var list []string
	for input, all := range p {
		for _, f := range all {
			name := strings.ReplaceAll(input, "_", " ")
			list = append(list, strings.ToUpper(name[:1])+name[1:]+" "+f.Text)
		}
	}
	slices.Sort(list)
	return &errs.Error{Kind: errs.Invalid, Text: "Validation failed: " + strings.Join(list, ", "), Fields: p}
}

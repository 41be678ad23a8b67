package web

import (
	"strings"

	"github.com/a-h/templ"
)

// described ties a field to what is wrong with it.
func described(id, problem string) templ.Attributes {
	if problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": id + "-wrong"}
}

// described ties a field to its hint and to what is wrong with it, for those
// who hear the page.
func (i input) described() templ.Attributes {
	a := templ.Attributes{}
	var by []string
	if i.Hint != "" {
		by = append(by, i.Name+"-hint")
	}
	if len(i.Problems) > 0 {
		by = append(by, i.Name+"-wrong")
		a["aria-invalid"] = "true"
	}
	if by != nil {
		a["aria-describedby"] = strings.Join(by, " ")
	}
	return a
}

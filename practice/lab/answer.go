package lab

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// form reads an answer by the fields of its task, and collects what cannot be
// read, so that a member learns of all of it at once.
type form struct {
	answer Answer
	fields []Field
	wrong  []string
}

// readForm starts to read an answer to a task. Fields that the task has not are
// left alone: they mean nothing.
func readForm(fields []Field, a Answer) *form { return &form{answer: a, fields: fields} }

// value returns what is written in a field, without space around it, and the
// field; false if it is empty or too long, which is then noted.
func (f *form) value(name string) (string, Field, bool) {
	i := slices.IndexFunc(f.fields, func(x Field) bool { return x.Name == name })
	if i < 0 {
		panic("lab: the task has no field " + name)
	}
	field, v := f.fields[i], f.answer[name]
	if len(v) > field.Max {
		f.no(field, "is longer than %d bytes", field.Max)
		return "", field, false
	}
	if v = strings.TrimSpace(v); v == "" {
		f.no(field, "is empty")
		return "", field, false
	}
	return v, field, true
}

func (f *form) no(field Field, why string, args ...any) {
	f.wrong = append(f.wrong, fmt.Sprintf("“%s” %s.", field.Label, fmt.Sprintf(why, args...)))
}

// number reads a decimal within lo and hi.
func (f *form) number(name string, lo, hi float64) float64 {
	v, field, ok := f.value(name)
	if !ok {
		return lo
	}
	x, err := strconv.ParseFloat(v, 64)
	if err != nil || strings.Trim(v, "0123456789.eE+-") != "" { // neither NaN nor hexadecimal
		f.no(field, "is not a number; write it like 1234.5, without a unit")
		return lo
	}
	if x < lo || x > hi {
		f.no(field, "must lie within %s and %s", figure(lo), figure(hi))
		return lo
	}
	return x
}

// whole reads a whole number within lo and hi.
func (f *form) whole(name string, lo, hi int) int {
	before := len(f.wrong)
	x := f.number(name, float64(lo), float64(hi))
	if len(f.wrong) == before && x != math.Trunc(x) {
		_, field, _ := f.value(name)
		f.no(field, "must be a whole number")
	}
	return int(x)
}

// wholes reads n whole numbers within lo and hi with commas or space between them.
func (f *form) wholes(name string, n, lo, hi int) []int {
	list := make([]int, n)
	v, field, ok := f.value(name)
	if !ok {
		return list
	}
	words := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
	if len(words) != n {
		f.no(field, "must have %d numbers with commas between them, and has %d", n, len(words))
		return list
	}
	for i, w := range words {
		x, err := strconv.Atoi(w)
		if err != nil || x < lo || x > hi {
			f.no(field, "must have whole numbers within %d and %d; number %d is not one", lo, hi, i+1)
			return list
		}
		list[i] = x
	}
	return list
}

// choice reads one of a field's options.
func (f *form) choice(name string) string {
	v, field, ok := f.value(name)
	if ok && !slices.ContainsFunc(field.Options, func(o Option) bool { return o.Value == v }) {
		f.no(field, "is none of its options")
		return ""
	}
	return v
}

// steps reads up to most of a field's options, one a line, in their order.
// Numbers and dashes before them are allowed, as lists have them.
func (f *form) steps(name string, most int) []string {
	v, field, ok := f.value(name)
	if !ok {
		return nil
	}
	var list []string
	for line := range strings.Lines(v) {
		line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "0123456789.)-* "))
		if line == "" {
			continue
		}
		if !slices.ContainsFunc(field.Options, func(o Option) bool { return o.Value == line }) {
			f.no(field, "has a line that is none of its steps: line %d with a step", len(list)+1)
			return nil
		}
		if list = append(list, line); len(list) > most {
			f.no(field, "has more than %d steps", most)
			return nil
		}
	}
	if len(list) == 0 {
		f.no(field, "is empty")
	}
	return list
}

// unread returns the report on an answer that could not be read in full, or nil.
func (f *form) unread(most int) *Report {
	if len(f.wrong) == 0 {
		return nil
	}
	return &Report{Void: true, Parts: []Part{{Name: "Answer", Max: most, Text: "Nothing was run, because the answer cannot be read: " + strings.Join(f.wrong, " ")}}}
}

// part looks at one thing that is right or wrong as a whole.
func part(name string, most int, right bool, why string, args ...any) Part {
	p := Part{Name: name, Max: most, Text: fmt.Sprintf(why, args...)}
	if right {
		p.Points = most
	}
	return p
}

// reportOf makes a report of parts: passed is who got all points.
func reportOf(parts ...Part) *Report {
	r := &Report{Parts: parts}
	points, most := r.Points()
	r.Passed = points == most
	return r
}

// near says whether an estimate lies within a share of what is right.
func near(estimate, right, share float64) bool {
	return math.Abs(estimate-right) <= share*math.Abs(right)
}

// figure writes a number for people: three digits that count, no exponent.
func figure(x float64) string {
	switch size := math.Abs(x); {
	case size >= 100 || x == math.Trunc(x):
		return strconv.FormatFloat(math.Round(x), 'f', -1, 64)
	case size >= 10:
		return strconv.FormatFloat(x, 'f', 1, 64)
	case size >= 1:
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}

// percent writes a share for people.
func percent(share float64) string { return figure(math.Round(share*1000)/10) + " %" }

// dice returns the random numbers of an attempt; use tells the streams of one
// attempt apart, so that drawing more from one does not change another.
func dice(seed, use uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, use)) }

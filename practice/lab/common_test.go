package lab

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"
)

const seeds = 20 // that a lab is tried with

// grade grades an answer and fails the test if that is a fault or takes too long.
func grade(t *testing.T, l Lab, seed uint64, a Answer) *Report {
	t.Helper()
	start := time.Now()
	r, err := l.Grade(context.Background(), seed, a)
	if err != nil {
		t.Fatalf("%s, seed %d: %v", l.ID, seed, err)
	}
	if took := time.Since(start); took > 20*time.Second { // a lab that hangs; what it costs says its benchmark
		t.Errorf("%s, seed %d: graded in %v", l.ID, seed, took)
	}
	if _, err := json.Marshal(r); err != nil { // as a number that JSON has not
		t.Errorf("%s, seed %d: %v", l.ID, seed, err)
	}
	if len(r.Parts) == 0 {
		t.Fatalf("%s, seed %d: nothing was looked at", l.ID, seed)
	}
	for _, p := range r.Parts {
		if p.Points < 0 || p.Points > p.Max || p.Text == "" || len(p.Text) > 4000 || strings.Contains(p.Text, "%!") || strings.Contains(p.Text, "NaN") {
			t.Errorf("%s, seed %d: part %+v", l.ID, seed, p)
		}
	}
	return r
}

// passes checks that an answer gets all points.
func passes(t *testing.T, l Lab, seed uint64, a Answer) *Report {
	t.Helper()
	r := grade(t, l, seed, a)
	if !r.Passed {
		t.Errorf("%s, seed %d: %v does not pass: %+v", l.ID, seed, a, lost(r))
	}
	return r
}

// fails checks that an answer loses points in a part that says why.
func fails(t *testing.T, l Lab, seed uint64, a Answer, name, why string) {
	t.Helper()
	r := grade(t, l, seed, a)
	for _, p := range r.Parts {
		if p.Name == name && p.Points < p.Max && strings.Contains(p.Text, why) && !r.Passed {
			return
		}
	}
	t.Errorf("%s, seed %d: %v did not fail in %q with %q: %+v", l.ID, seed, a, name, why, r.Parts)
}

func lost(r *Report) (parts []Part) {
	for _, p := range r.Parts {
		if p.Points < p.Max {
			parts = append(parts, p)
		}
	}
	return parts
}

// with returns an answer with one field changed.
func with(a Answer, name, value string) Answer {
	b := maps.Clone(a)
	b[name] = value
	return b
}

// withstands gives every field of a right answer what nobody should write, and
// expects a report that says so.
func withstands(t *testing.T, l Lab, seed uint64, right Answer) {
	t.Helper()
	task := prepare(t, l, seed)
	hostile := []string{"", " ", "NaN", "Inf", "-Inf", "1e308", "-1e308", "1e400", "0x1p-2", "1e-320", "-1", "\x00", "\xff\xfe", "1,2", "; DROP TABLE x", "<script>alert(1)</script>", strings.Repeat("9", 1<<20), strings.Repeat("1,", 1<<19)}
	for _, f := range task.Fields {
		for _, v := range hostile {
			r := grade(t, l, seed, with(right, f.Name, v))
			if r.Passed {
				t.Errorf("%s: passes with %.20q in %s", l.ID, v, f.Name)
			}
		}
		gone := maps.Clone(right)
		delete(gone, f.Name)
		if r := grade(t, l, seed, gone); r.Passed || !strings.Contains(r.Parts[0].Text, f.Label) {
			t.Errorf("%s: without %s: %+v", l.ID, f.Name, r.Parts)
		}
	}
	if r := grade(t, l, seed, nil); r.Passed {
		t.Errorf("%s: passes without an answer", l.ID)
	}
	if r := grade(t, l, seed, with(right, "unknown", "x")); !r.Passed {
		t.Errorf("%s: a field that means nothing changes the grade", l.ID)
	}
}

func prepare(t *testing.T, l Lab, seed uint64) *Task {
	t.Helper()
	task, err := l.Prepare(context.Background(), seed)
	if err != nil {
		t.Fatalf("%s, seed %d: %v", l.ID, seed, err)
	}
	if strings.Contains(task.Text, "%!") || strings.Contains(task.Text, "NaN") || len(task.Fields) == 0 {
		t.Errorf("%s, seed %d: %s", l.ID, seed, task.Text)
	}
	for _, c := range task.Charts {
		checkChart(t, c)
	}
	return task
}

// checkChart checks what who draws it may rely on.
func checkChart(t *testing.T, c Chart) {
	t.Helper()
	if c.Kind == Flame {
		checkFlame(t, c)
		return
	}
	if len(c.Series) == 0 || c.Title == "" || c.X == "" && c.Kind != Bars || c.Y == "" {
		t.Errorf("chart without series or names: %+v", c)
	}
	for _, s := range c.Series {
		for i, p := range s.Points {
			if i > 0 && p[0] <= s.Points[i-1][0] || c.LogX && p[0] <= 0 || c.LogY && p[1] <= 0 || p[0] != p[0] || p[1] != p[1] {
				t.Errorf("chart %q, %s: point %d of %v", c.Title, s.Name, i, s.Points)
				break
			}
		}
		if len(s.Points) < 2 {
			t.Errorf("chart %q, %s: %d points", c.Title, s.Name, len(s.Points))
		}
	}
}

// checkFlame checks that each frame lies on one that called it.
func checkFlame(t *testing.T, c Chart) {
	t.Helper()
	if len(c.Frames) < 3 || c.Title == "" {
		t.Errorf("flame graph %q of %d frames", c.Title, len(c.Frames))
	}
	for i, f := range c.Frames {
		under := f.Depth == 0
		for _, g := range c.Frames[:i] {
			under = under || g.Depth == f.Depth-1 && g.From <= f.From+1e-9 && g.From+g.Share >= f.From+f.Share-1e-9
		}
		if !under || f.Name == "" || f.Share <= 0 || f.From < 0 || f.From+f.Share > 1+1e-9 {
			t.Errorf("flame graph %q, frame %+v", c.Title, f)
		}
	}
}

// sameSeedSameTask checks that a seed gives the same task and report again, and
// another seed another task.
func sameSeedSameTask(t *testing.T, l Lab, right func(seed uint64) Answer) {
	t.Helper()
	texts := map[string]bool{}
	for seed := range uint64(seeds) {
		task := prepare(t, l, seed)
		if texts[task.Text] {
			t.Errorf("%s: seed %d gives the task of another seed", l.ID, seed)
		}
		texts[task.Text] = true
		if seed > 0 { // once is enough for what takes long
			continue
		}
		if again := prepare(t, l, seed); !reflect.DeepEqual(task, again) {
			t.Errorf("%s: seed %d gives two tasks", l.ID, seed)
		}
		if a := right(seed); !reflect.DeepEqual(grade(t, l, seed, a), grade(t, l, seed, a)) {
			t.Errorf("%s: seed %d gives two reports", l.ID, seed)
		}
	}
}

// Simulations fit into the time and memory of the child that runs them.
func TestSimulationsInTheirProcess(t *testing.T) {
	r := runner(t, &Runner{})
	balance, _ := rightBalance(t, 1)
	capacity, _, _ := rightCapacity(t, 1)
	cache, _ := rightCache(t, 1)
	for id, a := range map[string]Answer{"L02": balance, "L03": capacity, "L06": cache} {
		if task, err := r.Prepare(t.Context(), id, 1); err != nil || len(task.Fields) != len(a) {
			t.Errorf("%s: %+v, %v", id, task, err)
		}
		if report, err := r.Grade(t.Context(), id, 1, a); err != nil || !report.Passed {
			t.Errorf("%s: %+v, %v", id, report, err)
		}
	}
}

package practice_test

import (
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/practice/lab"
)

func TestLabs(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		_, err := h.BeginLab(k.Ctx, ann, "L99")
		h.refused(err, errs.NotFound)
		a, err := h.BeginLab(k.Ctx, ann, "L05")
		h.must(err)
		if len(a.Task.Fields) == 0 || !a.GradedAt.IsZero() {
			t.Errorf("%+v", a)
		}
		_, err = h.LabAttempt(k.Ctx, bob, a.ID)
		h.refused(err, errs.NotFound)
		_, err = h.GradeLab(k.Ctx, bob, a.ID, lab.Answer{})
		h.refused(err, errs.NotFound)
		_, err = h.GradeLab(k.Ctx, ann, a.ID, lab.Answer{a.Task.Fields[0].Name: strings.Repeat("x", a.Task.Fields[0].Max+1)})
		h.refused(err, errs.Invalid)

		void, err := h.GradeLab(k.Ctx, ann, a.ID, lab.Answer{"unknown": "x"}) // what is not there cannot be read
		h.must(err)
		if !void.Report.Void || !void.GradedAt.IsZero() || len(void.Answer) != 0 {
			t.Errorf("%+v", void)
		}
		if best, err := h.LabBests(k.Ctx, ann); err != nil || len(best) != 0 {
			t.Errorf("%v, %v", best, err)
		}
		answer := lab.Answer{}
		for _, f := range a.Task.Fields {
			if answer[f.Name] = f.Value; f.Value == "" && len(f.Options) > 0 {
				answer[f.Name] = f.Options[0].Value
			} else if f.Value == "" {
				answer[f.Name] = "10"
			}
		}
		graded, err := h.GradeLab(k.Ctx, ann, a.ID, answer)
		h.must(err)
		if graded.Report.Void || graded.GradedAt.IsZero() || graded.Most == 0 || graded.Task.Text != a.Task.Text {
			t.Errorf("%+v %+v", graded, graded.Report)
		}
		_, err = h.GradeLab(k.Ctx, ann, a.ID, answer)
		h.refused(err, errs.Conflict)
		again, err := h.BeginLab(k.Ctx, ann, "L05")
		h.must(err)
		list, err := h.LabAttempts(k.Ctx, ann, "", page.Page{Limit: 10})
		h.must(err)
		if len(list) != 2 || list[0].ID != again.ID || list[1].Most != graded.Most || list[1].Task != nil {
			t.Errorf("%+v", list)
		}
		if other, err := h.LabAttempts(k.Ctx, ann, "L01", page.Page{Limit: 10}); err != nil || len(other) != 0 {
			t.Errorf("%v, %v", other, err)
		}
		best, err := h.LabBests(k.Ctx, ann)
		h.must(err)
		if got := best["L05"]; len(best) != 1 || got.Percent != 100*graded.Points/graded.Most || got.Passed != graded.Passed {
			t.Errorf("%+v", best)
		}
	})
}

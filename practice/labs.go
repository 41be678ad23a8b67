package practice

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice/lab"
)

// LabAttempt is one try at a lab, with a seed of its own. It is graded once: a
// second try is another attempt.
type LabAttempt struct {
	ID        ids.ID // says when it began
	AccountID ids.ID
	LabID     string
	Version   int         // of the lab
	Task      *lab.Task   // nil in lists
	Answer    lab.Answer  // nil: none, and in lists
	Report    *lab.Report // nil: none, and in lists; there without a grade if it is void
	Passed    bool
	Points    int
	Most      int       // points that could be had
	GradedAt  time.Time // zero: an answer may be given
	seed      int64
}

// LabBest is the most that a member has reached in a lab.
type LabBest struct {
	Passed  bool
	Percent int
}

// labRow is a row of practice_lab_attempts.
type labRow struct {
	LabAttempt
	task, answer, report string
	graded               int64
}

func scanLab(r *labRow) []any {
	return []any{&r.ID, &r.AccountID, &r.LabID, &r.Version, &r.seed, &r.Passed, &r.Points, &r.Most, &r.graded, &r.task, &r.answer, &r.report}
}

const (
	labColumns = "id, account_id, lab_id, version, seed, passed, points, most, graded_at, "
	labTexts   = "task, answer, report"
	labListed  = "'', '', ''" // in lists, without what is long
)

// made reads the texts of a row.
func (r *labRow) made() (*LabAttempt, error) {
	a := &r.LabAttempt
	a.GradedAt = moment(r.graded)
	for text, to := range map[*string]any{&r.task: &a.Task, &r.answer: &a.Answer, &r.report: &a.Report} {
		if *text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(*text), to); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// LabAttempt returns one of a member's own attempts at labs. Returns NotFound
// for others.
func (s *Service) LabAttempt(ctx context.Context, account, id ids.ID) (*LabAttempt, error) {
	rows, err := db.All(ctx, s.DB, scanLab, "SELECT "+labColumns+labTexts+" FROM practice_lab_attempts WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].AccountID != account {
		return nil, errs.NotFoundRecord()
	}
	return rows[0].made()
}

// LabAttempts returns a member's own attempts at a lab, or with an empty id at
// all labs, the newest first, without tasks, answers and reports.
func (s *Service) LabAttempts(ctx context.Context, account ids.ID, labID string, p page.Page) ([]*LabAttempt, error) {
	where, args := "account_id = $1", []any{account}
	if labID != "" {
		where, args = where+" AND lab_id = $2", append(args, labID)
	}
	end, args := p.SQL("id", args)
	rows, err := db.All(ctx, s.DB, scanLab, "SELECT "+labColumns+labListed+" FROM practice_lab_attempts WHERE "+where+end, args...)
	if err != nil {
		return nil, err
	}
	list := make([]*LabAttempt, len(rows))
	for i, r := range page.Sort(p, rows) {
		if list[i], err = r.made(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// LabBests returns the most that a member has reached, by lab; labs without a
// graded attempt are not in it.
func (s *Service) LabBests(ctx context.Context, account ids.ID) (map[string]LabBest, error) {
	type row struct {
		id              string
		passed, percent int
	}
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.id, &r.passed, &r.percent} },
		`SELECT lab_id, MAX(CASE WHEN passed THEN 1 ELSE 0 END), MAX(CASE WHEN most > 0 THEN points * 100 / most ELSE 0 END)
		FROM practice_lab_attempts WHERE account_id = $1 AND graded_at > 0 GROUP BY lab_id`, account)
	bests := make(map[string]LabBest, len(rows))
	for _, r := range rows {
		bests[r.id] = LabBest{r.passed == 1, r.percent}
	}
	return bests, err
}

// workAlone lets a member have one lab running on this node, so that nobody
// takes the places of all. Returns TooMany if there is one already; the caller
// calls done.
func (s *Service) workAlone(account ids.ID) (done func(), err error) {
	if _, there := s.working.LoadOrStore(account, true); there {
		return nil, &errs.Error{Kind: errs.TooMany, Text: "One of your labs is running already", After: 5 * time.Second}
	}
	return func() { s.working.Delete(account) }, nil
}

// BeginLab gives a member a task of a lab. Returns NotFound for a lab that there
// is not, TooMany and Unavailable if it must wait.
func (s *Service) BeginLab(ctx context.Context, account ids.ID, labID string) (*LabAttempt, error) {
	l, ok := lab.Find(labID)
	if !ok {
		return nil, errs.NotFoundRecord()
	}
	done, err := s.workAlone(account)
	if err != nil {
		return nil, err
	}
	defer done()
	var b [8]byte
	rand.Read(b[:]) // never fails
	a := &LabAttempt{AccountID: account, LabID: l.ID, Version: l.Version, seed: int64(binary.LittleEndian.Uint64(b[:]) >> 1)}
	if a.Task, err = s.Labs.Prepare(ctx, l.ID, uint64(a.seed)); err != nil {
		return nil, err
	}
	task, err := json.Marshal(a.Task)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		a.ID = s.IDs.New(account)
		_, err := db.Exec(ctx, tx, "INSERT INTO practice_lab_attempts ("+labColumns+labTexts+") VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7, '', '')",
			a.ID, account, a.LabID, a.Version, a.seed, false, string(task))
		return err
	})
	return a, err
}

// GradeLab has an answer graded, once; one whose report is void may be followed
// by another. Returns NotFound for an attempt that is not theirs, Conflict if it
// has a grade or the lab has changed since, Invalid with Fields for what is too
// long, TooMany and Unavailable if it must wait.
func (s *Service) GradeLab(ctx context.Context, account, id ids.ID, given lab.Answer) (*LabAttempt, error) {
	a, err := s.LabAttempt(ctx, account, id)
	if err != nil {
		return nil, err
	}
	if !a.GradedAt.IsZero() {
		return nil, errGraded()
	}
	if l, ok := lab.Find(a.LabID); !ok || l.Version != a.Version {
		return nil, errs.New(errs.Conflict, "This lab has changed since; begin a new attempt")
	}
	answer, err := fitting(a.Task.Fields, given)
	if err != nil {
		return nil, err
	}
	done, err := s.workAlone(account)
	if err != nil {
		return nil, err
	}
	defer done()
	report, err := s.Labs.Grade(ctx, a.LabID, uint64(a.seed), answer)
	if err != nil {
		return nil, err
	}
	if err := s.keepReport(ctx, a, answer, report); err != nil {
		return nil, err
	}
	return s.LabAttempt(ctx, account, id)
}

func errGraded() error { return errs.New(errs.Conflict, "This attempt is graded; begin a new one") }

// fitting is what a task asks for of an answer, if that is not too long.
func fitting(fields []lab.Field, given lab.Answer) (lab.Answer, error) {
	answer, wrong := lab.Answer{}, map[string][]errs.Field{}
	for _, f := range fields {
		text, there := given[f.Name]
		switch {
		case !utf8.ValidString(text):
			wrong[f.Name] = []errs.Field{{Code: "ERR_INVALID", Text: "is not valid UTF-8"}}
		case len(text) > f.Max:
			wrong[f.Name] = []errs.Field{{Code: "ERR_TOO_LONG", Text: "is too long"}}
		case there:
			answer[f.Name] = text
		}
	}
	if len(wrong) > 0 {
		return nil, invalid(wrong)
	}
	return answer, nil
}

// keepReport writes how an answer did, and the receipt if it has passed.
func (s *Service) keepReport(ctx context.Context, a *LabAttempt, answer lab.Answer, r *lab.Report) error {
	answered, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	report, err := json.Marshal(r)
	if err != nil {
		return err
	}
	graded, points, most := s.Now().UnixMilli(), 0, 0
	if r.Void {
		graded = 0
	} else {
		points, most = r.Points()
	}
	member := ""
	if r.Passed {
		if member, err = s.memberURL(ctx, a.AccountID); err != nil {
			return err
		}
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE practice_lab_attempts SET answer = $2, report = $3, passed = $4, points = $5, most = $6, graded_at = $7 WHERE id = $1 AND graded_at = 0",
			a.ID, string(answered), string(report), r.Passed, points, most, graded)
		if err == nil && n == 0 {
			return errGraded()
		}
		if err != nil || !r.Passed {
			return err
		}
		return s.receiptOfLab(ctx, tx, member, a, r)
	})
}

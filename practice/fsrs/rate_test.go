package fsrs_test

import (
	"testing"

	"github.com/guildhall/guildhall/practice/fsrs"
)

func TestRate(t *testing.T) {
	must := func(weight int, m fsrs.Mark) fsrs.Marked {
		return fsrs.Marked{Must: true, Weight: weight, Mark: m}
	}
	may := func(weight int, m fsrs.Mark) fsrs.Marked { return fsrs.Marked{Weight: weight, Mark: m} }
	for _, c := range []struct {
		name           string
		points         []fsrs.Marked
		seconds, limit int
		score          int
		rating         fsrs.Rating
	}{
		{"nothing", nil, 0, 60, 0, fsrs.Again},
		{"weights of nothing", []fsrs.Marked{must(0, fsrs.Yes), must(-3, fsrs.Yes)}, 0, 60, 0, fsrs.Again},
		{"a must is missed", []fsrs.Marked{must(1, fsrs.No), may(99, fsrs.Yes)}, 10, 60, 99, fsrs.Again},
		{"all partly", []fsrs.Marked{must(2, fsrs.Partly), may(3, fsrs.Partly)}, 10, 60, 50, fsrs.Hard},
		{"just below 70", []fsrs.Marked{must(699, fsrs.Yes), may(301, fsrs.No)}, 10, 60, 69, fsrs.Hard},
		{"70", []fsrs.Marked{must(7, fsrs.Yes), may(3, fsrs.No)}, 10, 60, 70, fsrs.Good},
		{"89", []fsrs.Marked{must(89, fsrs.Yes), may(11, fsrs.No)}, 10, 60, 89, fsrs.Good},
		{"90 in time", []fsrs.Marked{must(8, fsrs.Yes), may(2, fsrs.Partly)}, 60, 60, 90, fsrs.Easy},
		{"90 too late", []fsrs.Marked{must(8, fsrs.Yes), may(2, fsrs.Partly)}, 61, 60, 90, fsrs.Good},
		{"no limit", []fsrs.Marked{must(1, fsrs.Yes)}, 9999, 0, 100, fsrs.Easy},
		{"a mark that does not exist", []fsrs.Marked{must(1, 200)}, 1, 60, 100, fsrs.Easy},
	} {
		if score, rating := fsrs.Rate(c.points, c.seconds, c.limit); score != c.score || rating != c.rating {
			t.Errorf("%s: %d %% and %d, not %d %% and %d", c.name, score, rating, c.score, c.rating)
		}
	}
}

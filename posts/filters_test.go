package posts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"pgregory.net/rapid"
)

func keyword(text string, whole bool) KeywordDraft {
	return KeywordDraft{Keyword: &text, WholeWord: &whole}
}

func filterDraft(title string, words ...KeywordDraft) FilterDraft {
	everywhere := FilterHome | FilterPublic
	return FilterDraft{Title: &title, Contexts: &everywhere, Keywords: words}
}

// matches puts into words which of one filter's keywords are in a post.
func matches(v *View, words ...FilterKeyword) string {
	set := newFilterSet(1, []Filter{{ID: 1, Keywords: words}})
	found := set.Match(v, time.Time{})
	if found == nil {
		return ""
	}
	return strings.Join(found[0].Keywords, "|")
}

func TestKeywordsInPosts(t *testing.T) {
	part := func(s string) FilterKeyword { return FilterKeyword{Keyword: s} }
	whole := func(s string) FilterKeyword { return FilterKeyword{Keyword: s, WholeWord: true} }
	for _, c := range []struct {
		text string
		word FilterKeyword
		want bool
	}{
		{"All about Golang", part("go"), true},
		{"All about Golang", whole("go"), false},
		{"Go, now!", whole("go"), true},
		{"I go", whole("GO"), true},
		{"go_on", whole("go"), false},
		{"go2", whole("go"), false},
		{"#go", whole("go"), true},
		{"#golang", whole("#go"), false},
		{"x#go", whole("#go"), true},
		{"c++ and more", whole("c++"), true},
		{"c++11", whole("c++"), true},
		{"abc++", whole("c++"), false},
		{"let us go home soon", whole("go home"), true},
		{"let us go  home", whole("go home"), false},
		{"STRASSE", whole("straße"), true},
		{"cafe\u0301 noir", whole("café"), true},
		{"cafe\u0301", part("cafe"), false}, // another letter
		{"ΣΊΣΥΦΟΣ", part("σίσυφος"), true},
		{"ПРИВЕТ, мир", whole("привет"), true},
		{"приветик", whole("привет"), false},
		{"今日は良い天気", part("天気"), true},
		{"今日は良い天気", whole("天気"), false},
		{"(a+)+$ [x]{1,9} \\E", part("(a+)+$"), true}, // no pattern is one
		{"aaaa", part("(a+)+$"), false},
		{"a.b", part("a.c"), false},
		{"anything", part(".*"), false},
		{"new\nline", part("new line"), false},
		{"🏳️‍🌈 flag", part("🏳️‍🌈"), true},
		{"", part("x"), false},
	} {
		if got := matches(&View{Post: &Post{Text: c.text}}, c.word) != ""; got != c.want {
			t.Errorf("%q in %q (whole: %v): %v", c.word.Keyword, c.text, c.word.WholeWord, got)
		}
	}
	post := &View{Post: &Post{Text: "text one", Spoiler: "warning two", Media: []Media{{Description: "a picture of three"}}, Tags: []string{"four"}},
		Poll: &Poll{Options: []PollOption{{Title: "five"}, {Title: "six"}}}}
	words := []FilterKeyword{part("six"), whole("five"), part("#four"), whole("three"), part("two"), whole("one"), part("one"), part("text onewarning"), whole("seven")}
	if got, want := matches(post, words...), "six|five|#four|three|two|one|one"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What is found is what a look at each place for each word finds.
func TestKeywordsAreFound(t *testing.T) {
	letters := []rune("aab #_é")
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.SampledFrom(letters), 1, 5, -1)
		text := rapid.StringOfN(rapid.SampledFrom(letters), 0, 30, -1).Draw(t, "text")
		words := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) FilterKeyword {
			return FilterKeyword{Keyword: word.Draw(t, "word"), WholeWord: rapid.Bool().Draw(t, "whole")}
		}), 1, 12).Draw(t, "words")
		var want []string
		for _, w := range words {
			if occurs(text, w) {
				want = append(want, w.Keyword)
			}
		}
		if got := matches(&View{Post: &Post{Text: text}}, words...); got != strings.Join(want, "|") {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func occurs(text string, w FilterKeyword) bool {
	first, _ := utf8.DecodeRuneInString(w.Keyword)
	last, _ := utf8.DecodeLastRuneInString(w.Keyword)
	for i := range text {
		if !strings.HasPrefix(text[i:], w.Keyword) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(w.Keyword):])
		if !w.WholeWord || !(isLetter(first) && isLetter(before)) && !(isLetter(last) && isLetter(after)) {
			return true
		}
	}
	return false
}

// Neither words nor texts that are made for it take more time than their
// length: with a look at each place for each word this would take hours.
func TestHostileKeywords(t *testing.T) {
	for _, whole := range []bool{true, false} {
		var words []FilterKeyword
		for n := 1; n <= 512; n++ {
			words = append(words, FilterKeyword{Keyword: strings.Repeat("a", n), WholeWord: whole})
		}
		for n := range 4000 {
			words = append(words, FilterKeyword{Keyword: strings.Repeat("ab ", n%10) + strings.Repeat("a", n%100) + fmt.Sprint(n), WholeWord: whole})
		}
		set := newFilterSet(1, []Filter{{ID: 1, Keywords: words}})
		for _, part := range []string{"a", "a ", "ab", "ab ", "aaaaab", "é", "ß"} {
			set.Match(&View{Post: &Post{Text: strings.Repeat(part, 1<<20/len(part))}}, time.Time{})
		}
	}
}

func TestFilters(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("ada", "bob")
		ada, bob := p[0], p[1]
		ctx := k.Ctx
		match := func(v *View) string {
			t.Helper()
			set, err := w.FilterSet(ctx, ada)
			must(t, err)
			var out []string
			for _, m := range set.Match(v, k.Clock.Now()) {
				out = append(out, fmt.Sprintf("%s%v%d", m.Title, m.Keywords, len(m.Statuses)))
			}
			return strings.Join(out, " ")
		}
		is := func(v *View, want string) {
			t.Helper()
			if got := match(v); got != want {
				t.Errorf("%q matches %q, want %q", v.Text, got, want)
			}
		}
		post := w.say(bob, "All about gophers")
		is(post, "")
		hour := time.Hour
		d := filterDraft("Animals", keyword("gopher", false), keyword("snake", true))
		d.Expires = &hour
		f, err := w.CreateFilter(ctx, ada, d)
		must(t, err)
		is(post, "Animals[gopher]0")
		is(w.say(ada, "My gophers"), "")
		is(w.boost(ada, post.ID), "Animals[gopher]0")

		_, err = w.UpdateKeyword(ctx, ada, KeywordDraft{ID: f.Keywords[0].ID, WholeWord: new(true)})
		must(t, err)
		is(post, "")
		added, err := w.AddKeyword(ctx, ada, f.ID, keyword("about", true))
		must(t, err)
		is(post, "Animals[about]0")
		must(t, w.DeleteKeyword(ctx, ada, added.ID))
		n, err := w.AddFilterStatus(ctx, ada, f.ID, post.ID)
		must(t, err)
		again, err := w.AddFilterStatus(ctx, ada, f.ID, post.ID)
		must(t, err)
		if again.ID != n.ID {
			t.Error("a post is there twice")
		}
		is(post, "Animals[]1")
		boost := w.boost(bob, post.ID)
		is(boost, "Animals[]1")
		_, err = w.AddFilterStatus(ctx, ada, f.ID, boost.ID)
		must(t, err)
		is(boost, "Animals[]2")
		never := time.Duration(0)
		k.Clock.Advance(hour)
		is(post, "")
		_, err = w.UpdateFilter(ctx, ada, f.ID, FilterDraft{Expires: &never, Keywords: []KeywordDraft{{ID: f.Keywords[1].ID, Delete: true}, keyword("GOPHERS", true)}})
		must(t, err)
		is(post, "Animals[GOPHERS]1")

		got, err := w.Filter(ctx, ada, f.ID)
		must(t, err)
		if len(got.Keywords) != 2 || len(got.Statuses) != 2 || !got.ExpiresAt.IsZero() || got.Contexts != FilterHome|FilterPublic {
			t.Errorf("%+v", got)
		}
		w.delete(bob, boost.ID)
		if got, err = w.Filter(ctx, ada, f.ID); err != nil || len(got.Statuses) != 1 {
			t.Errorf("a deleted post is still there: %+v %v", got, err)
		}
		for name, err := range map[string]error{ // what is somebody else's is not there
			"filter":  second(w.Filter(ctx, bob, f.ID)),
			"update":  second(w.UpdateFilter(ctx, bob, f.ID, FilterDraft{})),
			"delete":  w.DeleteFilter(ctx, bob, f.ID),
			"keyword": second(w.Keyword(ctx, bob, f.Keywords[0].ID)),
			"add":     second(w.AddKeyword(ctx, bob, f.ID, keyword("x", false))),
			"change":  second(w.UpdateKeyword(ctx, bob, KeywordDraft{ID: f.Keywords[0].ID})),
			"remove":  w.DeleteKeyword(ctx, bob, f.Keywords[0].ID),
			"status":  second(w.FilterStatus(ctx, bob, n.ID)),
			"name":    second(w.AddFilterStatus(ctx, bob, f.ID, post.ID)),
			"forget":  w.DeleteFilterStatus(ctx, bob, n.ID),
			"unseen":  second(w.AddFilterStatus(ctx, ada, f.ID, w.say(bob, "secret", as(Direct)).ID)),
			"nested":  second(w.UpdateFilter(ctx, ada, f.ID, FilterDraft{Keywords: []KeywordDraft{{ID: 7, Delete: true}}})),
		} {
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, w.DeleteFilterStatus(ctx, ada, n.ID))
		must(t, w.DeleteFilter(ctx, ada, f.ID))
		is(post, "")
	})
}

func second[T any](_ T, err error) error { return err }

func TestFilterLimits(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k, func(c *Config) { c.MaxFilters, c.MaxKeywords, c.MaxFiltered, c.FilterBytes = 2, 3, 1, 60 })
		ada := w.accounts("ada")[0]
		refused := func(err error, word string) {
			t.Helper()
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), word) {
				t.Errorf("%v, want %s", err, word)
			}
		}
		f, err := w.CreateFilter(k.Ctx, ada, filterDraft(strings.Repeat("é", 256), keyword("x", true)))
		must(t, err)
		refused(second(w.CreateFilter(k.Ctx, ada, filterDraft(strings.Repeat("é", 257)))), "title is too long")
		refused(second(w.CreateFilter(k.Ctx, ada, filterDraft(" \n"))), "title can't be blank")
		refused(second(w.UpdateFilter(k.Ctx, ada, f.ID, FilterDraft{Contexts: new(FilterContexts)})), "context")
		refused(second(w.AddKeyword(k.Ctx, ada, f.ID, keyword(strings.Repeat("x", 513), true))), "keyword is too long")
		refused(second(w.AddKeyword(k.Ctx, ada, f.ID, keyword("\u0007", true))), "keyword can't be blank")
		refused(second(w.UpdateKeyword(k.Ctx, ada, KeywordDraft{ID: f.Keywords[0].ID, Keyword: new("")})), "keyword can't be blank")
		refused(second(w.UpdateFilter(k.Ctx, ada, f.ID, FilterDraft{Keywords: []KeywordDraft{keyword("a", true), keyword("b", true), keyword("c", true)}})), "more than 3 keywords")
		refused(second(w.AddKeyword(k.Ctx, ada, f.ID, keyword(strings.Repeat("x", 60), true))), "more than 60 bytes")
		must(t, second(w.CreateFilter(k.Ctx, ada, filterDraft("second"))))
		refused(second(w.CreateFilter(k.Ctx, ada, filterDraft("third"))), "more than 2 filters")
		posts := []ids.ID{w.say(ada, "one").ID, w.say(ada, "two").ID}
		must(t, second(w.AddFilterStatus(k.Ctx, ada, f.ID, posts[0])))
		refused(second(w.AddFilterStatus(k.Ctx, ada, f.ID, posts[1])), "more than 1 posts")
		// Nothing of what was refused was kept.
		all, err := w.Filters(k.Ctx, ada)
		must(t, err)
		if len(all) != 2 || len(all[0].Keywords) != 1 || all[0].Keywords[0].Keyword != "x" || len(all[0].Statuses) != 1 {
			t.Errorf("%+v", all)
		}
	})
}

// Another node hears of a change; who has been asked for once is not read again.
func TestFilterSetsAreKept(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		url := testkit.NATS(t)
		k.Bus = k.Connect(url)
		w := open(t, k).start()
		p := w.accounts("ada", "bob")
		other := w.node(k.Connect(url))
		must(t, other.startReading(k.Ctx))
		for _, id := range p {
			must(t, second(other.FilterSet(k.Ctx, id)))
		}
		seen := other.watch()
		for _, id := range append(slices.Clone(p), 0, -1) {
			must(t, second(other.FilterSet(k.Ctx, id)))
		}
		if list := seen.taken(); len(list) > 0 {
			t.Errorf("statements: %q", list)
		}
		must(t, second(w.CreateFilter(k.Ctx, p[0], filterDraft("Words", keyword("word", true)))))
		post := w.say(p[1], "A word")
		testkit.Eventually(t, func() bool {
			set, err := other.FilterSet(k.Ctx, p[0])
			return err == nil && len(set.Match(post, k.Clock.Now())) == 1
		})
	})
}

// A set that was read before its filters changed is not kept.
func TestFilterSetReadDuringChange(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ada := w.accounts("ada")[0]
		must(t, second(w.CreateFilter(k.Ctx, ada, filterDraft("first"))))
		once := true
		w.DB.Trace(func(text string) {
			if once && strings.Contains(text, "JOIN posts_filters_keywords") { // the filters themselves have been read
				once = false
				must(t, second(w.CreateFilter(k.Ctx, ada, filterDraft("second"))))
			}
		})
		for range 2 {
			set, err := w.FilterSet(k.Ctx, ada)
			must(t, err)
			if len(set.filters) != 2 {
				t.Errorf("%d filters", len(set.filters))
			}
		}
	})
}

package deck_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/guildhall/guildhall/practice/deck"
)

// good is a card without a problem. Its lines are numbered in the tests: the
// front matter begins in line 2, the rubric in line 15, the text in line 23.
var good = `---
schema: 1
id: x-001
title: A title
kind: technical
role: [back-end]
topic: databases
tags: [sql, indexes]
level: mid
minutes: 6
lang: en
question: "Why?"
license: MIT
authors: ["A. Writer"]
rubric:
  - {id: one,   must: true, weight: 2, dim: reasoning,   point: "Measures.", terms: [slow log, p99]}
  - {id: two,   must: true, weight: 3, dim: correctness, point: "Plans.",    terms: [explain, plan]}
  - {id: three, weight: 1, dim: trade-off,     point: "Pays.",  terms: [cost, disk]}
  - {id: four,  weight: 1, dim: trade-off,     point: "Weighs.",  terms: [cache, tuning]}
  - {id: five,  weight: 1, dim: communication, point: "Proves.",  terms: [monitor, test]}
traps: [guesses]
---
## Definition

` + strings.Repeat("Words that say what it is. ", 30) + `

## Example

See [the other](x-002.md) and [the web](https://example.org/).

## Best practices

- Do.

## Common pitfalls

- Do not.

## Follow-up points

- **Why so?** Because.
- **And then?** That
  goes on.
`

const goodDeck = `schema: 1
id: x
title: X
language: en
licence: CC-BY-SA-4.0
maintainers: ["A. Writer"]
roles:
  back-end:
    levels: [mid]
    weights: {databases: 3}
`

// two returns a deck of two cards, the first as given.
func two(card string) fstest.MapFS {
	second := strings.NewReplacer("x-001", "x-002", "A title", "Another title", "x-002.md", "x-001.md").Replace(good)
	return fstest.MapFS{
		"deck.yaml":      {Data: []byte(goodDeck)},
		"cards/x-001.md": {Data: []byte(card)},
		"cards/x-002.md": {Data: []byte(second)},
	}
}

func copied(t *testing.T, from fs.FS) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGoodCard(t *testing.T) {
	d, err := deck.Read(two(good), ".", bundledTerms(t))
	if err != nil {
		t.Fatal(err)
	}
	c := d.Cards[0]
	if c.Question != "Why?" || c.Minutes != 6 || len(c.Rubric) != 5 || !c.Rubric[0].Must || c.Rubric[2].Must || c.Rubric[1].Weight != 3 || c.Licence != "MIT" {
		t.Errorf("got %+v", c)
	}
	if got, want := fmt.Sprintf("%q", c.FollowUps), `[{"Why so?" "Because."} {"And then?" "That\ngoes on."}]`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := fmt.Sprintf("%q", c.Sections[2:4]), `[{"Best practices" "- Do."} {"Common pitfalls" "- Do not."}]`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBrokenCards(t *testing.T) {
	long := strings.Repeat("x", 600)
	for _, c := range []struct{ old, new, want string }{
		// Front matter.
		{"---\nschema", "schema", `1: must begin with a line "---", the front matter, and another line "---"`},
		{"schema: 1", "schema: 2", `2: schema must be 1`},
		{"title: A title", "tittle: A title", `2: the front matter has no "title"` + "\n" + `4: key "tittle" is not known; did you mean "title"?`},
		{"title: A title", "title: A title\ntitle: B", `5: key "title" stands twice`},
		{"title: A title", "title: 42", `4: title must be text; put it in quotes if it looks like something else`},
		{"title: A title", "title: ''", `4: title is empty`},
		{"title: A title", "title: Another title", "cards/x-002.md: has the same title as cards/x-001.md"},
		{"title: A title", "title: [A", `4: is not YAML: did not find expected ',' or ']'`},
		{"title: A title", "title: A: b", `4: is not YAML: mapping values are not allowed in this context`},
		{"title: A title", "title: 'A", `4: is not YAML: found unexpected end of stream`},
		{"title: A title", "title: A\n\tx: b", `4: is not YAML: found a tab character that violates indentation`},
		{"title: A title", "title: &a A", `4: YAML anchors and aliases are not allowed`},
		{"title: A title", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\ntitle: A title", `4: YAML anchors and aliases are not allowed`},
		{"id: x-001", "id: x-003", `3: id "x-003" is not the file's name`},
		{"id: x-001", "id: X_1", `3: id "X_1" must be like "be-013"` + "\n" + `3: id "X_1" is not the file's name`},
		{"kind: technical", "kind: techincal", `5: kind "techincal" is not known; did you mean "technical"?`},
		{"role: [back-end]", "role: [back-end, backend]", `6: role "backend" is not known; did you mean "back-end"?`},
		{"role: [back-end]", "role: [data]", `6: role "data" is not one of the deck's roles`},
		{"role: [back-end]", "role: back-end", `6: role must be a list`},
		{"topic: databases", "topic: databse", `7: topic "databse" is not known; did you mean "databases"?`},
		{"topic: databases", "topic: query-tuning", `7: topic "query-tuning" is not known; did you mean "databases/query-tuning"?`},
		{"topic: databases", "topic: cooking", `7: topic "cooking" is not known`},
		{"tags: [sql, indexes]", "tags: [sql,\n  index]", `9: tag "index" is not known; did you mean "indexes"?`},
		{"tags: [sql, indexes]", "tags: [sql, sql]", `8: tags has "sql" twice`},
		{"level: mid", "level: midd", `9: level "midd" is not known; did you mean "mid"?`},
		{"minutes: 6", "minutes: 16", `10: minutes must be a whole number from 1 to 15`},
		{"minutes: 6", "minutes: six", `10: minutes must be a whole number from 1 to 15`},
		{"lang: en", "lang: de", `11: lang "de" is not the deck's language "en"`},
		{`"Why?"`, `"Why"`, `12: question must end with "?" or "."`},
		{`"Why?"`, `"` + long + `?"`, `12: question is 601 characters long; 500 are allowed`},
		{"license: MIT", "license: CC-BY-SA-3.0", `13: license "CC-BY-SA-3.0" is not known; did you mean "CC-BY-SA-4.0"?`},
		{"license: MIT", "license: GPL-3.0", `13: license "GPL-3.0" is not known`},
		{`authors: ["A. Writer"]`, "authors: []", `14: authors has 0 entries; 1 to 20 are allowed`},
		{"traps:", "labs: [L1]\ntraps:", `21: lab "L1" must be like "L01"`},
		// Rubric.
		{"{id: one, ", "{id: two, ", `17: the rubric has two points with the id "two"`},
		{"must: true, weight: 2", "must: yes please, weight: 2", `16: must must be true or false` + "\n" + `16: the rubric has 1 points with "must: true"; at least 2 are needed`},
		{"must: true, weight: 2", "weight: 2", `16: the rubric has 1 points with "must: true"; at least 2 are needed`},
		{"weight: 3", "weight: 6", `17: weight must be a whole number from 1 to 5`},
		{"dim: reasoning", "dim: reason", `16: dim "reason" is not known; did you mean "reasoning"?` + "\n" + `16: the rubric has no point with "dim: reasoning"; at least one is needed`},
		{"dim: reasoning", "dim: correctness", `16: the rubric has no point with "dim: reasoning"; at least one is needed`},
		{"dim: communication", "dim: comunication", `20: dim "comunication" is not known; did you mean "communication"?`},
		{`"Plans."`, `"Plans"`, `17: a point must end with "."`},
		{"[explain, plan]", "[explain]", `17: terms has 1 entries; 2 to 12 are allowed`},
		{"[explain, plan]", "[explain, 404]", `17: an entry of terms must be text; put it in quotes if it looks like something else`},
		{"weight: 3,", "wieght: 3,", `17: key "wieght" is not known; did you mean "weight"?` + "\n" + `17: the rubric's point has no "weight"`},
		{"  - {id: five,", "#", `16: rubric has 4 entries; 5 to 8 are allowed`},
		{"kind: technical", "kind: behavioral", `16: the rubric of a behavioral card needs a point with the id "situation"` + "\n" +
			`16: the rubric of a behavioral card needs a point with the id "task"` + "\n" +
			`16: the rubric of a behavioral card needs a point with the id "action"` + "\n" +
			`16: the rubric of a behavioral card needs a point with the id "result"` + "\n" +
			`23: heading "Definition" is not known` + "\n" +
			`23: heading "## What is being asked" is missing`},
		// Text.
		{"## Example", "## Exmaple", `27: heading "Exmaple" is not known; did you mean "Example"?`},
		{"## Example\n", "", `23: heading "## Example" is missing`},
		{"## Example", "### Example", `23: heading "## Example" is missing` + "\n" + `27: headings other than the five "## " are not allowed`},
		{"## Example\n", "Example\n---\n", `23: heading "## Example" is missing` + "\n" + `27: headings other than the five "## " are not allowed`},
		{"- Do not.", "- Do not.\n\n## Example\n\nMore.", `39: heading "Example" stands twice`},
		{"- Do.", "", `31: section "Best practices" is empty`},
		{"## Definition", "Hello.\n\n## Definition", `23: stands before the first heading`},
		{"- Do.", "- Do. <b>x</b>", `33: HTML is not allowed; put it in ` + "`backquotes`" + ` if it is to be seen`},
		{"- Do.", "<script>\nalert(1)\n</script>", `33: HTML is not allowed; put it in ` + "`backquotes`" + ` if it is to be seen`},
		{"- Do.", "![x](https://example.org/x.png)", `33: pictures are not allowed; draw in a code block`},
		{"- Do.", "[x](javascript:alert(1))", `33: link "javascript:alert(1)" must begin with https:// or http://, or name a file of the deck`},
		{"- Do.", "[x](//example.org)", `33: link "//example.org" must begin with https:// or http://, or name a file of the deck`},
		{"- Do.", "<a@example.org>", `33: link "mailto:a@example.org" must begin with https:// or http://, or name a file of the deck`},
		{"x-002.md", "x-004.md", `29: link "x-004.md" leads to nothing in the deck`},
		{"x-002.md", "../../secret", `29: link "../../secret" leads to nothing in the deck`},
		{"- Do.", "```go\nx", `23: heading "## Common pitfalls" is missing` + "\n" + `23: heading "## Follow-up points" is missing` + "\n" + `33: this block of code has no end`},
		{"- **And then?** That", "- And then? That", `42: follow-up points must be like "- **Question?** Answer."`},
		{"- **Why so?** Because.\n", "Why so.\n", `41: follow-up points must be like "- **Question?** Answer."`},
		{"Words that say what it is. Words", "Words", ""}, // still long enough
		{strings.Repeat("Words that say what it is. ", 30), "Few.", `23: the text has 35 words; 150 to 1500 are allowed`},
		{"- Do.", strings.Repeat("word ", 1500), `23: the text has 1712 words; 150 to 1500 are allowed`},
		{"- Do.", strings.Repeat(">", 60_000), `23: the text has 60000 times ">"; 1500 are allowed`},
		{"- Do.", strings.Repeat("[a](", 1600), `23: the text has 1602 times "["; 1500 are allowed`},
		// Bytes.
		{"- Do.", "- \xff", `33: is not valid UTF-8`},
		{"- Do.", "- \x1b[2J", `33: control character U+001B is not allowed`},
		{"- Do.", "- \u202Etxt", `33: control character U+202E is not allowed`},
		{"Why so", "\r\nWhy so", `41: lines end in CR LF; save the file with LF`},
		{"- Do.", strings.Repeat("x", 64<<10), ` is larger than 64 KiB`},
	} {
		t.Run(c.want, func(t *testing.T) {
			broken := strings.Replace(good, c.old, c.new, 1)
			if broken == good {
				t.Fatal("nothing is replaced")
			}
			_, err := deck.Read(two(broken), ".", bundledTerms(t))
			got := ""
			if err != nil {
				var problems deck.Problems
				if !errors.As(err, &problems) {
					t.Fatal(err)
				}
				got = strings.ReplaceAll(err.Error(), "cards/x-001.md:", "")
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestHeadingsOutOfOrder(t *testing.T) {
	broken := strings.NewReplacer("## Example", "## Best practices", "## Best practices", "## Example").Replace(good)
	_, err := deck.Read(two(broken), ".", bundledTerms(t))
	if want := `cards/x-001.md:27: heading "Best practices" stands where "Example" belongs`; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestBrokenDecks(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(fstest.MapFS)
		want string
	}{
		{"no description", func(m fstest.MapFS) { delete(m, "deck.yaml") }, "deck.yaml: is missing"},
		{"empty description", func(m fstest.MapFS) { m["deck.yaml"].Data = nil }, "deck.yaml:1: is empty"},
		{"two documents", func(m fstest.MapFS) { m["deck.yaml"].Data = []byte(goodDeck + "---\nx: 1\n") }, "deck.yaml:11: a second YAML document is not allowed"},
		{"no cards", func(m fstest.MapFS) { delete(m, "cards/x-001.md"); delete(m, "cards/x-002.md") },
			`deck.yaml: the deck has no cards: the folder "cards" is empty or missing`},
		{"another file", func(m fstest.MapFS) { m["cards/x.txt"] = &fstest.MapFile{} }, "cards/x.txt: is not a card: its name must end with .md"},
		{"name that clears the screen", func(m fstest.MapFS) { m["cards/\x1bc.txt"] = &fstest.MapFile{} }, `"cards/\x1bc.txt": is not a card: its name must end with .md`},
		{"hidden file", func(m fstest.MapFS) { m["cards/.x.swp"] = &fstest.MapFile{} }, ""},
		{"file elsewhere", func(m fstest.MapFS) { m["README.md"] = &fstest.MapFile{} }, ""},
		{"link", func(m fstest.MapFS) {
			m["cards/x.md"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("x-001.md")}
		}, "cards/x.md: is not a file"},
		{"role", func(m fstest.MapFS) { replace(m, "back-end:", "back-ned:") },
			`deck.yaml:8: role "back-ned" is not known; did you mean "back-end"?`},
		{"no role", func(m fstest.MapFS) {
			replace(m, goodDeck[strings.Index(goodDeck, "roles:"):], "roles: {}\n")
		}, "deck.yaml:7: a deck needs at least one role"},
		{"topic", func(m fstest.MapFS) { replace(m, "databases: 3", "database: 3") }, `deck.yaml:10: topic "database" is not known; did you mean "databases"?`},
		{"weight", func(m fstest.MapFS) { replace(m, "databases: 3", "databases: -1") }, `deck.yaml:10: the weight of "databases" must be a number from 0 to 100`},
		{"not a number", func(m fstest.MapFS) { replace(m, "databases: 3", "databases: NaN") }, `deck.yaml:10: the weight of "databases" must be a number from 0 to 100`},
		{"licence", func(m fstest.MapFS) { replace(m, "CC-BY-SA-4.0", "GPL-3.0") }, `deck.yaml:5: licence "GPL-3.0" is not known`},
		{"too many cards", func(m fstest.MapFS) {
			for i := range 2000 {
				m[fmt.Sprintf("cards/y-%04d.md", i)] = &fstest.MapFile{}
			}
		}, "deck.yaml: the deck has 2002 cards; 2000 are allowed"},
		{"too many bytes", func(m fstest.MapFS) {
			for i := range 600 {
				m[fmt.Sprintf("cards/y-%04d.md", i)] = &fstest.MapFile{Data: bytes.Repeat([]byte("\x00"), 64<<10)}
			}
		}, "deck.yaml: the deck is larger than 32 MiB"},
		{"all at once", func(m fstest.MapFS) {
			replace(m, "title: X", "")
			m["cards/x-002.md"].Data = []byte(strings.Replace(good, "Why?", "Why", 1))
		}, "cards/x-002.md: has the same id as cards/x-001.md\n" +
			"cards/x-002.md: has the same title as cards/x-001.md\n" +
			"cards/x-002.md:3: id \"x-001\" is not the file's name\n" +
			"cards/x-002.md:12: question must end with \"?\" or \".\"\n" +
			"deck.yaml:1: the file has no \"title\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := two(good)
			c.edit(m)
			d, err := deck.Read(m, ".", bundledTerms(t))
			got := ""
			if err != nil {
				got = err.Error()
				if d != nil {
					t.Error("a part of the deck is returned")
				}
			}
			if strings.HasPrefix(c.name, "too many bytes") { // and a line for each of the cards
				got = got[strings.Index(got, "deck.yaml"):]
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func replace(m fstest.MapFS, old, new string) {
	m["deck.yaml"].Data = []byte(strings.Replace(string(m["deck.yaml"].Data), old, new, 1))
}

func TestBrokenTerms(t *testing.T) {
	_, err := deck.ReadTerms(fstest.MapFS{
		"roles.yaml":  {Data: []byte("schema: 1\nroles: [{id: a, title: A}, {id: a, title: B}]\nlevel: []\n")},
		"topics.yaml": {Data: []byte("schema: 1\ntopics: [{id: a/b, title: A}]\ntags: [x, 3]\n")},
	})
	want := `roles.yaml:1: the file has no "levels"
roles.yaml:2: roles has "a" twice
roles.yaml:3: key "level" is not known; did you mean "levels"?
topics.yaml:2: topic "a/b" stands under "a", which is not known
topics.yaml:3: an entry of tags must be text; put it in quotes if it looks like something else`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// failing is a disk that gives up.
type failing struct{ fs.FS }

func (f failing) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, "x-002.md") {
		return nil, fs.ErrPermission
	}
	return f.FS.Open(name)
}

func TestFailingDiskIsNotAProblemOfTheDeck(t *testing.T) {
	_, err := deck.Read(failing{two(good)}, ".", bundledTerms(t))
	var problems deck.Problems
	if !errors.Is(err, fs.ErrPermission) || errors.As(err, &problems) {
		t.Errorf("got %v", err)
	}
}

func TestParseCardRefusesWhatIsNone(t *testing.T) {
	for _, source := range []string{"", "---\n", "---\n---\n", "---\n[]\n---\n", "---\nid: x\n---\n", "# Hello\n", strings.Repeat("[", 70_000)} {
		if c, err := deck.ParseCard([]byte(source)); err == nil || c != nil {
			t.Errorf("%.20q: %v", source, c)
		}
	}
	older := strings.Replace(good, "license: MIT", "license: GPL-3.0", 1)
	if c, err := deck.ParseCard([]byte(older)); err != nil || c.Licence != "GPL-3.0" {
		t.Errorf("a card that was accepted under older rules: %v", err)
	}
}

package text

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"mvdan.cc/xurls/v2"
)

const (
	maxName   = 64  // bytes of a mention's name
	maxDomain = 255 // bytes of a mention's domain
	maxTag    = 400 // bytes of a hashtag
)

// urls finds what looks like a web address, without the punctuation behind it.
// Its nesting of brackets is bounded, so it takes linear time on any input.
var urls = must(xurls.StrictMatchingScheme("https?://"))

func must(re *regexp.Regexp, err error) *regexp.Regexp {
	if err != nil {
		panic(err) // a constant expression
	}
	return re
}

// scan finds the marks, left to right, none within another.
func (d *Document) scan() {
	links := d.links()
	at := 0
	for _, l := range links {
		d.names(at, l.start)
		d.marks = append(d.marks, l)
		at = l.end
	}
	d.names(at, len(d.Text))
}

func (d *Document) links() []mark {
	if !strings.Contains(d.Text, "://") {
		return nil
	}
	var found []mark
	for _, at := range urls.FindAllStringIndex(d.Text, -1) {
		before, _ := utf8.DecodeLastRuneInString(d.Text[:at[0]])
		if at[0] > 0 && isWord(before) {
			continue
		}
		// What a browser would read in another way than we do stays text, and
		// so does a name before the host: it is there to deceive.
		u, err := url.Parse(d.Text[at[0]:at[1]])
		if err != nil || u.User != nil || strings.Trim(u.Hostname(), ".") == "" {
			continue
		}
		found = append(found, mark{kind: link, start: at[0], end: at[1]})
	}
	return found
}

// names finds the mentions and hashtags between two links.
func (d *Document) names(from, to int) {
	for from < to {
		i := strings.IndexAny(d.Text[from:to], "@#＃")
		if i < 0 {
			return
		}
		at := from + i
		sign, size := utf8.DecodeRuneInString(d.Text[at:])
		end := at + size
		if before, _ := utf8.DecodeLastRuneInString(d.Text[:at]); at > 0 && (isWord(before) || strings.ContainsRune("@#/&＃", before)) {
			from = end
			continue
		}
		if sign == '@' {
			end = d.mention(at, end, to)
		} else {
			end = d.hashtag(at, end, to)
		}
		from = end
	}
}

// mention reads a mention whose sign ends at `at` and returns where to go on.
func (d *Document) mention(start, at, to int) int {
	end := at + length(d.Text[at:to], isName)
	if end == at || end-at > maxName {
		return end
	}
	if end < to && d.Text[end] == '@' {
		domain := strings.TrimRight(d.Text[end+1:end+1+length(d.Text[end+1:to], isHost)], ".-")
		if domain != "" && len(domain) <= maxDomain && domain[0] != '.' && domain[0] != '-' {
			end += 1 + len(domain)
		}
	}
	if next, _ := utf8.DecodeRuneInString(d.Text[end:]); end < len(d.Text) && (isWord(next) || next == '@') {
		return end
	}
	name := strings.ToLower(d.Text[at:end])
	if d.Mentions = once(d.Mentions, name); len(d.Mentions) <= maxNames {
		d.marks = append(d.marks, mark{mention, start, end, name})
	} else {
		d.Mentions = d.Mentions[:maxNames]
	}
	return end
}

// hashtag reads a hashtag whose sign ends at `at` and returns where to go on.
func (d *Document) hashtag(start, at, to int) int {
	end := at + length(d.Text[at:to], isTag)
	body := strings.TrimRightFunc(d.Text[at:end], isJoiner)
	if strings.IndexFunc(body, unicode.IsLetter) < 0 || len(body) > maxTag || isJoiner(first(body)) {
		return end
	}
	name := NormalizeTag(body)
	if d.Tags = once(d.Tags, name); len(d.Tags) <= maxNames {
		d.marks = append(d.marks, mark{hashtag, start, at + len(body), name})
	} else {
		d.Tags = d.Tags[:maxNames]
	}
	return end
}

// IsTag tells whether a normal form is that of a hashtag.
func IsTag(name string) bool {
	last, _ := utf8.DecodeLastRuneInString(name)
	return length(name, isTag) == len(name) && strings.IndexFunc(name, unicode.IsLetter) >= 0 && len(name) <= maxTag &&
		!isJoiner(first(name)) && !isJoiner(last)
}

// NormalizeTag returns the form in which hashtags that look alike are the same.
func NormalizeTag(tag string) string {
	s := strings.ToLower(norm.NFKC.String(tag))
	if length(s, isTag) != len(s) { // some letters fall apart into other signs
		s = strings.ToLower(norm.NFC.String(tag))
	}
	return s
}

func once(names []string, name string) []string {
	for _, n := range names {
		if n == name {
			return names
		}
	}
	return append(names, name)
}

// length returns how many bytes at the start of s are of runes that is wants.
func length(s string, is func(rune) bool) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !is(r) }); i >= 0 {
		return i
	}
	return len(s)
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func isName(r rune) bool {
	return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func isHost(r rune) bool { return isName(r) && r != '_' || r == '.' || r == '-' }

func isTag(r rune) bool { return isWord(r) || unicode.IsMark(r) || isJoiner(r) }

// isJoiner tells whether a rune may stand within a hashtag but not at its ends:
// the middle dots of Catalan and Japanese, the zero-width non-joiner of Persian.
func isJoiner(r rune) bool { return r == '·' || r == '・' || r == '\u200c' }

package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

//go:embed content/*.txt
var content embed.FS

// script is a unit of conversation as written in content/: a root post and the replies to it.
//
// A unit begins with a line "# topic… key=value… flag…". Directive lines may follow ("cw: warning"), then the
// root's text. In units with poll=…, lines "- text" are the options. A line "! name | alt text" attaches a
// picture to the post it follows. A line "> B: text" begins a reply by voice B to the root, ">> C: text" one to
// the reply above it, and so on; A is the author of the root. "@B" in a text mentions who speaks as B.
type script struct {
	topics     []string
	cast       []string // usernames of the voices, where they matter; A first
	language   string
	spoiler    string
	sensitive  bool
	visibility string
	pinned     bool // introductions: placed early
	late       bool // placed in the last days, so that there is fresh news
	template   bool // texts hold {alternatives|…} and replies may be left out
	poll       *question
	parts      []part
}

// part is one post of a script; parent is the part it answers, -1 for the root.
type part struct {
	voice, parent int
	text          string
	images        []imageRef
}

type imageRef struct{ name, alt string }

type question struct {
	options  []string
	multiple bool
	endsIn   time.Duration
}

// voices returns how many different people the script needs.
func (s *script) voices() int {
	n := 0
	for _, p := range s.parts {
		n = max(n, p.voice+1)
	}
	return n
}

// loadScripts reads all posts and threads. The content is part of the program, so a mistake
// in it is a mistake of the programmer and panics; the tests load everything.
func loadScripts() []*script {
	names, err := fs.Glob(content, "content/*.txt")
	if err != nil {
		panic(err)
	}
	var all []*script
	for _, name := range names {
		base := strings.TrimPrefix(name, "content/")
		if !strings.HasPrefix(base, "posts_") && !strings.HasPrefix(base, "threads_") &&
			!strings.HasPrefix(base, "polls") && !strings.HasPrefix(base, "templates") {
			continue
		}
		scripts, err := parseScripts(readContent(base))
		if err != nil {
			panic(fmt.Sprintf("demo: %s: %v", name, err))
		}
		all = append(all, scripts...)
	}
	return all
}

func readContent(name string) string {
	b, err := content.ReadFile("content/" + name)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// parseScripts reads the format that script describes.
func parseScripts(text string) ([]*script, error) {
	var all []*script
	depth := []int{} // the last part at every depth
	for n, line := range strings.Split(text, "\n") {
		var err error
		switch {
		case strings.HasPrefix(line, "# "):
			var s *script
			s, err = parseHeader(strings.Fields(line[2:]))
			all = append(all, s)
			depth = depth[:0]
		case len(all) == 0:
			if strings.TrimSpace(line) != "" {
				err = fmt.Errorf("text before the first unit")
			}
		default:
			depth, err = all[len(all)-1].addLine(line, depth)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	for _, s := range all {
		for i := range s.parts {
			s.parts[i].text = strings.TrimSpace(s.parts[i].text)
		}
	}
	return all, nil
}

func parseHeader(words []string) (*script, error) {
	s := &script{language: "en", visibility: "public"}
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "by", "cast":
			s.cast = strings.Split(value, ",")
		case "lang":
			s.language = value
		case "vis":
			s.visibility = value
		case "pin":
			s.pinned = true
		case "late":
			s.late = true
		case "template":
			s.template = true
		case "sensitive":
			s.sensitive = true
		case "multiple":
			if s.poll == nil {
				return nil, fmt.Errorf("multiple before poll")
			}
			s.poll.multiple = true
		case "poll":
			days, err := strconv.Atoi(strings.TrimSuffix(value, "d"))
			if err != nil {
				return nil, fmt.Errorf("poll: %w", err)
			}
			s.poll = &question{endsIn: time.Duration(days) * 24 * time.Hour}
		default:
			if value != "" {
				return nil, fmt.Errorf("unknown key %q", key)
			}
			s.topics = append(s.topics, key)
		}
	}
	s.parts = []part{{parent: -1}}
	return s, nil
}

// addLine adds a line below the header and returns which part is the last one at every depth.
func (s *script) addLine(line string, depth []int) ([]int, error) {
	last := &s.parts[len(s.parts)-1]
	switch {
	case strings.HasPrefix(line, "cw: "):
		s.spoiler = strings.TrimSpace(line[4:])
	case s.poll != nil && len(s.parts) == 1 && strings.HasPrefix(line, "- "):
		s.poll.options = append(s.poll.options, strings.TrimSpace(line[2:]))
	case strings.HasPrefix(line, "! "):
		name, alt, ok := strings.Cut(line[2:], " | ")
		if !ok {
			return depth, fmt.Errorf("picture without alt text")
		}
		last.images = append(last.images, imageRef{name: name, alt: alt})
	case strings.HasPrefix(line, ">"):
		return s.addReply(line, depth)
	default:
		last.text += line + "\n"
	}
	return depth, nil
}

func (s *script) addReply(line string, depth []int) ([]int, error) {
	rest := strings.TrimLeft(line, ">")
	d := len(line) - len(rest)
	voice, text, ok := strings.Cut(strings.TrimSpace(rest), ": ")
	if !ok || len(voice) != 1 || voice[0] < 'A' || voice[0] > 'Z' {
		return depth, fmt.Errorf("reply without a voice")
	}
	parent := 0
	if d > 1 {
		if d-2 >= len(depth) {
			return depth, fmt.Errorf("reply to nothing")
		}
		parent = depth[d-2]
	}
	s.parts = append(s.parts, part{voice: int(voice[0] - 'A'), parent: parent, text: text + "\n"})
	return append(depth[:d-1], len(s.parts)-1), nil
}

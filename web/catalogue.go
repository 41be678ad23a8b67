package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

//go:embed words
var wordFiles embed.FS

// catalogue is what the pages say in one language. Texts are known by their
// English: it stands in the pages, and words/ has the other languages. A text
// that counts something has two forms with a bar between them, for one and for
// all other numbers, which is how the languages here count.
type catalogue struct {
	tag    language.Tag
	name   string // of the language, in itself
	dir    string // of writing: ltr or rtl
	comma  string // what sets thousands apart
	locale string // as in og:locale
	texts  map[string]string
}

// catalogues are the languages of the pages, the first one for whoever speaks
// none of them.
func loadCatalogues() []*catalogue {
	all := []*catalogue{
		{tag: language.English, name: "English", dir: "ltr", comma: ",", locale: "en"},
		{tag: language.German, name: "Deutsch", dir: "ltr", comma: ".", locale: "de"},
		{tag: language.Spanish, name: "Español", dir: "ltr", comma: ".", locale: "es"},
	}
	for _, c := range all[1:] {
		if err := c.load(); err != nil { // a mistake of the build
			panic(err)
		}
	}
	return all
}

// load reads the language's texts: a file for each area of the pages, in which
// each text stands once.
func (c *catalogue) load() error {
	folder := path.Join("words", c.tag.String())
	files, err := wordFiles.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, f := range files {
		data, err := wordFiles.ReadFile(path.Join(folder, f.Name()))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(data, &c.texts); err != nil {
			return fmt.Errorf("%s/%s: %w", folder, f.Name(), err)
		}
	}
	return nil
}

// text returns a text in the language, English if it is not translated. With
// arguments it is a format of package fmt.
func (c *catalogue) text(english string, args ...any) string {
	text, ok := c.texts[english]
	if !ok {
		text = english
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// count returns the form of a text with a bar that fits a number, with the
// number in the place of its first %s and the arguments in those of the others.
func (c *catalogue) count(n int, forms string, args ...any) string {
	one, other, _ := strings.Cut(c.text(forms), "|")
	if n != 1 {
		one = other
	}
	return fmt.Sprintf(one, append([]any{c.number(n)}, args...)...)
}

// number writes a count with its thousands set apart.
func (c *catalogue) number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + c.comma + s[i:]
	}
	return s
}

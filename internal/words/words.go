// Package words is how people are spoken to in their own language: catalogues of
// texts, and the forms of those that count something. The texts themselves belong
// to who says them: a room that speaks has a folder words/ with a folder for each
// language but English.
package words

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// Catalogue is what a room says in one language. Texts are known by their
// English: it stands in the code, and the catalogue has the other languages. A
// text that counts something has two forms with a bar between them, for one and
// for all other numbers, which is how the languages here count.
type Catalogue struct {
	Tag    language.Tag
	Name   string // of the language, in itself
	Dir    string // of writing: ltr or rtl
	Comma  string // what sets thousands apart
	Locale string // as in og:locale
	texts  map[string]string
}

// Languages are a room's catalogues, the first one, English, for whoever speaks
// none of them.
type Languages []*Catalogue

// Load reads a room's texts: in words/<language>/ a file for each area, in which
// each text stands once. It panics if they cannot be read: they are part of the
// program.
func Load(files fs.FS) Languages {
	all := Languages{
		{Tag: language.English, Name: "English", Dir: "ltr", Comma: ",", Locale: "en"},
		{Tag: language.German, Name: "Deutsch", Dir: "ltr", Comma: ".", Locale: "de"},
		{Tag: language.Spanish, Name: "Español", Dir: "ltr", Comma: ".", Locale: "es"},
	}
	for _, c := range all[1:] {
		if err := c.load(files); err != nil {
			panic(err)
		}
	}
	return all
}

func (c *Catalogue) load(files fs.FS) error {
	folder := path.Join("words", c.Tag.String())
	list, err := fs.ReadDir(files, folder)
	if err != nil {
		return err
	}
	for _, f := range list {
		data, err := fs.ReadFile(files, path.Join(folder, f.Name()))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(data, &c.texts); err != nil {
			return fmt.Errorf("%s/%s: %w", folder, f.Name(), err)
		}
	}
	return nil
}

// Of returns the catalogue for somebody's language (BCP 47).
func (l Languages) Of(locale string) *Catalogue {
	base, _ := language.Make(locale).Base()
	for _, c := range l {
		if own, _ := c.Tag.Base(); own == base {
			return c
		}
	}
	return l[0]
}

// Find returns what the language has for a text.
func (c *Catalogue) Find(key string) (text string, ok bool) {
	text, ok = c.texts[key]
	return text, ok
}

// Text returns a text in the language, English if it is not translated. With
// arguments it is a format of package fmt.
func (c *Catalogue) Text(english string, args ...any) string {
	text, ok := c.texts[english]
	if !ok {
		text = english
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Count returns the form of a text with a bar that fits a number, with the
// number in the place of its first %s and the arguments in those of the others.
func (c *Catalogue) Count(n int, forms string, args ...any) string {
	one, other, _ := strings.Cut(c.Text(forms), "|")
	if n != 1 {
		one = other
	}
	return fmt.Sprintf(one, append([]any{c.Number(n)}, args...)...)
}

// Number writes a count with its thousands set apart.
func (c *Catalogue) Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + c.Comma + s[i:]
	}
	return s
}

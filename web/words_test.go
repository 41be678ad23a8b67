package web_test

import (
	"encoding/json"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"html"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	templates "github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
)

// inEnglish are the components that may speak English to everybody, and why.
var inEnglish = map[string]string{
	"docsOperationCard": "the API's reference is in the language of its names",
	"docsFields":        "as docsOperationCard",
	"docsTypeText":      "as docsOperationCard",
}

// names are the package's tables of what is called the same in all languages.
var names = []string{"written", "browserNames", "systemNames"}

// readAttributes are those that people read or hear.
var readAttributes = []string{"title", "alt", "aria-label", "aria-description", "placeholder", "hx-confirm"}

// toPrograms are the files of the domains whose refusals only programs meet.
var toPrograms = map[string]string{
	"identity/apps.go":             "apps register by the API",
	"identity/exchange.go":         "tokens are for apps",
	"identity/tokens.go":           "tokens are for apps",
	"identity/scopes.go":           "asked for by apps",
	"notifications/live.go":        "streams of the API",
	"notifications/hub.go":         "streams",
	"notifications/markers.go":     "kept by apps",
	"notifications/push.go":        "subscriptions are made by apps and scripts",
	"notifications/push_send.go":   "for the log",
	"notifications/policy.go":      "chosen from a list",
	"posts/translate.go":           "the API's",
	"posts/tagfeatures.go":         "the API's",
	"practice/messenger.go":        "for the log",
	"profiles/collections.go":      "the API's",
	"profiles/collection_items.go": "the API's",
	"profiles/domains.go":          "the API's",
	"profiles/endorse.go":          "the API's",
	"profiles/note.go":             "the API's",
}

// unsaid are refusals that no form can cause.
var unsaid = []string{"There is no role %q", "is not a SHA-256 hash"}

// Nothing that is read stands in a page as it is: all of it goes through the
// catalogue.
func TestPagesSayNothingByThemselves(t *testing.T) {
	s := readSource(t)
	for _, path := range files(t, "*.templ") {
		file, err := templates.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		component := ""
		refuse := func(what string) {
			if inEnglish[component] == "" {
				t.Errorf("%s: %s says %q by itself", path, component, what)
			}
		}
		v := visitor.New()
		into := v.HTMLTemplate
		v.HTMLTemplate = func(n *templates.HTMLTemplate) error {
			component, _, _ = strings.Cut(n.Expression.Value, "(")
			return into(n)
		}
		v.Text = func(n *templates.Text) error {
			if text := html.UnescapeString(n.Value); strings.ContainsFunc(text, unicode.IsLetter) {
				refuse(text)
			}
			return nil
		}
		v.ConstantAttribute = func(n *templates.ConstantAttribute) error {
			if slices.Contains(readAttributes, n.Key.String()) && strings.ContainsFunc(n.Value, unicode.IsLetter) {
				refuse(n.Value)
			}
			return nil
		}
		v.ExpressionAttribute = func(n *templates.ExpressionAttribute) error {
			if slices.Contains(readAttributes, n.Key.String()) {
				s.untranslated(t, n.Expression.Value, refuse)
			}
			return nil
		}
		v.StringExpression = func(n *templates.StringExpression) error {
			s.untranslated(t, n.Expression.Value, refuse)
			return nil
		}
		inside := v.TemplElementExpression
		v.TemplElementExpression = func(n *templates.TemplElementExpression) error {
			s.untranslated(t, n.Expression.Value, refuse)
			return inside(n)
		}
		if err := file.Visit(v); err != nil {
			t.Fatal(err)
		}
	}
	for _, said := range s.bare {
		t.Errorf("a handler says %q by itself", said)
	}
}

// Each language has all that is said, in the same form, and nothing more.
func TestCatalogues(t *testing.T) {
	s := readSource(t)
	for _, lang := range []string{"de", "es"} {
		texts := catalogue(t, ".", lang)
		for _, english := range slices.Sorted(maps.Keys(s.texts)) {
			if _, ok := texts[english]; !ok {
				t.Errorf("%s lacks %q", lang, english)
			}
		}
		for english, text := range texts {
			if !s.literals[english] {
				t.Errorf("%s: nobody says %q", lang, english)
			}
			if shape(english) != shape(text) {
				t.Errorf("%s: %q is not of the form of %q", lang, text, english)
			}
		}
	}
}

// mailers are the rooms that send mails, or messages.
var mailers = []string{"identity", "moderation", "practice"}

// Mails and messages say nothing by themselves either: what they are made of are texts of their
// room's catalogues, which are complete and have nothing more.
func TestMails(t *testing.T) {
	for _, room := range mailers {
		s := &source{english: map[string]int{}, texts: map[string]bool{}, literals: map[string]bool{}}
		s.findParameters(parse(t, "../internal/words/words.go"))
		for _, path := range files(t, "../"+room+"/*.go") {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			f := parse(t, path)
			ast.Inspect(f, s.readMails)
			ast.Inspect(f, func(n ast.Node) bool {
				if v, ok := n.(*ast.ValueSpec); ok && (v.Names[0].Name == "subjects" || strings.HasSuffix(v.Names[0].Name, "Texts")) {
					s.readTables(&ast.File{Decls: []ast.Decl{&ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{v}}}})
				}
				return true
			})
		}
		if len(s.texts) == 0 {
			t.Errorf("%s mails nothing", room)
		}
		for _, said := range s.bare {
			t.Errorf("%s mails %q by itself", room, said)
		}
		for _, lang := range []string{"de", "es"} {
			texts := catalogue(t, "../"+room, lang)
			for english := range s.texts {
				if text, ok := texts[english]; !ok || shape(english) != shape(text) {
					t.Errorf("%s, %s: %q is there as %q", room, lang, english, text)
				}
			}
			for english := range texts {
				if !s.texts[english] {
					t.Errorf("%s, %s: nobody says %q", room, lang, english)
				}
			}
		}
	}
}

// readMails keeps what a node of a room that sends mails says in them.
func (s *source) readMails(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if said := s.said(n); said != "" {
			s.texts[said] = true
		}
	case *ast.CompositeLit:
		if of, ok := n.Type.(*ast.SelectorExpr); !ok || of.Sel.Name != "Message" {
			return true
		}
		for _, e := range n.Elts {
			s.refuse(e.(*ast.KeyValueExpr).Value)
		}
	}
	return true
}

// said is the text that a call translates, put together from its parts.
func (s *source) said(call *ast.CallExpr) string {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	at, ok := s.english["."+fn.Sel.Name]
	if !ok || at >= len(call.Args) {
		return ""
	}
	var whole func(e ast.Expr) string
	whole = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			return literal(e)
		case *ast.BinaryExpr:
			return whole(e.X) + whole(e.Y)
		}
		return ""
	}
	return whole(call.Args[at])
}

// shape is what stands in a text for something else: its %s, in each of its
// plural's forms.
func shape(text string) string {
	forms := strings.Split(text, "|")
	for i, form := range forms {
		if strings.TrimSpace(form) == "" {
			return "empty"
		}
		forms[i] = strings.Join(verbs.FindAllString(form, -1), " ")
	}
	return strings.Join(forms, "|")
}

var verbs = regexp.MustCompile(`%[^ ]?`)

// catalogue reads what a room has in a language and refuses one that is two things.
func catalogue(t *testing.T, room, lang string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, path := range files(t, filepath.Join(room, "words", lang, "*.json")) {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(f)
		if _, err := d.Token(); err != nil { // {
			t.Fatal(path, err)
		}
		for d.More() {
			var pair [2]string
			for i := range pair {
				token, err := d.Token()
				text, ok := token.(string)
				if err != nil || !ok {
					t.Fatalf("%s: %v is no text, %v", path, token, err)
				}
				pair[i] = text
			}
			if before, twice := texts[pair[0]]; twice && before != pair[1] {
				t.Errorf("%s: %q stands in the language twice, and differs", path, pair[0])
			}
			texts[pair[0]] = pair[1]
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return texts
}

// source is what the code of the pages says.
type source struct {
	english  map[string]int  // the place of the parameter that takes a text of the catalogue, by function; methods with a dot before
	texts    map[string]bool // what is certainly said
	literals map[string]bool // what may be said: everything in quotes
	bare     []string        // titles and problems that handlers do not translate
}

// readSource reads the package, its components as what templ has made of them,
// and what the domains refuse.
func readSource(t *testing.T) *source {
	t.Helper()
	s := &source{english: map[string]int{}, texts: map[string]bool{}, literals: map[string]bool{}}
	var parsed []*ast.File
	for _, path := range files(t, "*.go") {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f := parse(t, path)
		parsed = append(parsed, f)
		s.findParameters(f)
	}
	s.findParameters(parse(t, "../internal/words/words.go"))
	for _, f := range parsed {
		ast.Inspect(f, s.read)
		s.readTables(f)
	}
	for m := time.January; m <= time.December; m++ {
		for _, name := range []string{m.String(), m.String()[:3]} {
			s.texts[name], s.literals[name] = true, true
		}
	}
	for _, folder := range []string{"identity", "profiles", "posts", "instance", "moderation", "notifications", "practice", "archive", "internal/image", "internal/db"} {
		for _, path := range files(t, "../"+folder+"/*.go") {
			if !strings.HasSuffix(path, "_test.go") {
				s.readDomain(parse(t, path), toPrograms[strings.TrimPrefix(filepath.ToSlash(path), "../")] == "")
			}
		}
	}
	return s
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	return paths
}

func parse(t *testing.T, path string) *ast.File {
	t.Helper()
	f, err := goparser.ParseFile(token.NewFileSet(), path, nil, goparser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// findParameters finds the functions that take a text of the catalogue: their
// parameter is called english, or forms.
func (s *source) findParameters(f *ast.File) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name, at := fn.Name.Name, 0
		if fn.Recv != nil {
			name = "." + name
		}
		for _, field := range fn.Type.Params.List {
			for _, p := range field.Names {
				if p.Name == "english" || p.Name == "forms" {
					s.english[name] = at
				}
				at++
			}
		}
	}
}

// translated returns the literal that a call translates, nil if it does not.
func (s *source) translated(call *ast.CallExpr) *ast.BasicLit {
	name := ""
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		name = fn.Name
	case *ast.SelectorExpr:
		if of, ok := fn.X.(*ast.Ident); ok && of.Name == "strings" { // strings.Count counts otherwise
			return nil
		}
		name = "." + fn.Sel.Name
	}
	at, ok := s.english[name]
	if !ok || at >= len(call.Args) {
		return nil
	}
	lit, _ := call.Args[at].(*ast.BasicLit)
	return lit
}

// read keeps what a node of the package says.
func (s *source) read(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BasicLit:
		s.literals[literal(n)] = true
	case *ast.CallExpr:
		if lit := s.translated(n); lit != nil {
			s.texts[literal(lit)] = true
		}
		for _, said := range refusals(n) {
			s.texts[sentence(said)], s.literals[sentence(said)] = true, true
		}
		if name := called(n); name == "frame" || name == "private" {
			s.refuse(n.Args[0])
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && slices.Contains([]string{"Title", "Text", "Problem", "Label", "Hint"}, key.Name) {
			s.refuse(n.Value)
		}
	}
	return true
}

// refuse notes a text that is not translated.
func (s *source) refuse(e ast.Expr) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if said := literal(e); strings.ContainsFunc(said, unicode.IsLetter) {
			s.bare = append(s.bare, said)
		}
	case *ast.BinaryExpr:
		s.refuse(e.X)
		s.refuse(e.Y)
	}
}

// readTables keeps the texts of the package's tables: what has the look of one.
func (s *source) readTables(f *ast.File) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		ast.Inspect(g, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				return !slices.Contains(names, n.Names[0].Name)
			case *ast.CallExpr, *ast.FuncLit:
				return false
			case *ast.BasicLit:
				if said := literal(n); looksSaid(said) && said != "Enter" { // a key's name
					s.texts[said] = true
				}
			}
			return true
		})
	}
}

// readDomain keeps what a domain may say of what was typed, and what it
// certainly says if the pages show it.
func (s *source) readDomain(f *ast.File, shown bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		var said []string
		switch n := n.(type) {
		case *ast.BasicLit:
			if text := literal(n); text != "" {
				s.literals[sentence(text)] = true
			}
		case *ast.CallExpr:
			said = refusals(n)
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Text" {
				if lit, ok := n.Value.(*ast.BasicLit); ok {
					said = []string{literal(lit)}
				}
			}
		}
		for _, text := range said {
			s.literals[sentence(text)] = true
			if shown && !slices.Contains(unsaid, text) {
				s.texts[sentence(text)] = true
			}
		}
		return true
	})
}

// refusals are the texts that a call makes an error of.
func refusals(call *ast.CallExpr) []string {
	at := len(call.Args) - 1
	switch called(call) {
	case "New", "Newf", "Wrap":
		fn, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		if pkg, ok := fn.X.(*ast.Ident); !ok || pkg.Name != "errs" {
			return nil
		}
		at = 1 // after the kind
	case "invalid", "invalidField", "refusedInput": // the text is the last one
	case "add": // of problems: input, code, text
		if len(call.Args) != 3 {
			return nil
		}
	default:
		return nil
	}
	if said := made(call.Args[at]); said != "" {
		return []string{said}
	}
	return nil
}

// made is the text that an expression makes, with a place for what is put in.
func made(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		return literal(e)
	case *ast.CallExpr:
		if called(e) == "Sprintf" {
			return made(e.Args[0])
		}
	case *ast.BinaryExpr:
		if before := made(e.X); strings.HasSuffix(strings.TrimSuffix(before, "#"), ": ") && before != "Validation failed: " {
			return strings.TrimSuffix(before, "#") + "%s"
		}
		return strings.TrimPrefix(made(e.Y), " ")
	}
	return ""
}

func called(call *ast.CallExpr) string {
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		return fn.Name
	case *ast.SelectorExpr:
		return fn.Sel.Name
	}
	return ""
}

// literal is what a literal stands for, nothing if it is no text.
func literal(lit *ast.BasicLit) string {
	if lit.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil { // the compiler would not take it
		return ""
	}
	return text
}

var numbers = regexp.MustCompile(`%d|[0-9]+`)

// sentence is the catalogue's key for what a domain says.
func sentence(text string) string {
	text = strings.TrimPrefix(text, "Validation failed: ")
	if text == "" {
		return ""
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.HasSuffix(text, ": %s") { // what is put in there ends it
		text = strings.TrimSuffix(text, ".") + "."
	}
	return numbers.ReplaceAllLiteralString(text, "%s")
}

// looksSaid tells whether a text is one for people: it begins like a sentence or
// has a place for something.
func looksSaid(text string) bool {
	return strings.Contains(text, "%s") || text != "" && unicode.IsUpper([]rune(text)[0]) && strings.ContainsFunc(text, unicode.IsLower)
}

// untranslated finds what an expression of a component says without the
// catalogue: what it is made of, and what looks said in what it gives to others.
func (s *source) untranslated(t *testing.T, expression string, refuse func(what string)) {
	t.Helper()
	e, err := goparser.ParseExpr(expression)
	if err != nil {
		t.Fatalf("%q: %v", expression, err)
	}
	known := map[ast.Node]bool{}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if lit := s.translated(n); lit != nil {
				known[lit] = true
			}
			if called(n) == "date" || called(n) == "TrimPrefix" || called(n) == "TrimSuffix" {
				return false
			}
		case *ast.BasicLit:
			if said := literal(n); !known[n] && looksSaid(said) {
				refuse(said)
			}
		}
		return true
	})
	if lit, ok := e.(*ast.BasicLit); ok {
		if said := literal(lit); strings.ContainsFunc(said, unicode.IsLetter) && !looksSaid(said) {
			refuse(said)
		}
	}
}

package guildhall_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/guildhall/guildhall/"

// mayImport is the house's plan: which rooms a room may import, beside
// internal. A domain stands in one line with the others and may call those
// before it; nothing but app sees everything.
var mayImport = map[string][]string{
	"identity":      {},
	"profiles":      {"identity"},
	"posts":         {"identity", "profiles"},
	"instance":      {"identity", "profiles", "posts"},
	"moderation":    {"identity", "profiles", "posts", "instance"},
	"notifications": {"identity", "profiles", "posts", "instance", "moderation"},
	"practice":      {"identity", "profiles", "posts", "decks"},
	"decks":         {},
	"mastodon":      {"identity", "profiles", "posts", "instance", "moderation", "notifications", "practice", "decks"},
	"archive":       {"identity", "profiles", "posts", "instance", "moderation", "notifications", "practice"},
	"web":           {"identity", "profiles", "posts", "instance", "moderation", "notifications", "practice", "archive", "decks"},
	"app":           {"identity", "profiles", "posts", "instance", "moderation", "notifications", "practice", "decks", "archive", "mastodon", "web", "app"},
	"cmd":           {"app"},
	"internal":      {},
	"e2e":           {"app", "cmd", "posts", "decks"}, // posts: to write what lies in the past
	"":              {},
}

var domains = []string{"identity", "profiles", "posts", "instance", "moderation", "notifications", "practice"}

type file struct {
	path string // slash-separated, from the root
	room string // first folder
	ast  *ast.File
}

func goFiles(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (name == "node_modules" || strings.HasPrefix(name, ".") && name != "." || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		room, _, nested := strings.Cut(name, "/")
		if !nested {
			room = ""
		}
		files = append(files, file{path: name, room: room, ast: parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("found only %d files", len(files))
	}
	return files
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, f := range goFiles(t) {
		allowed, known := mayImport[f.room]
		if !known {
			t.Errorf("%s: room %q is not on the plan", f.path, f.room)
			continue
		}
		for _, i := range f.ast.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			rest, own := strings.CutPrefix(name, module)
			if !own {
				if slices.Contains(domains, f.room) && !strings.HasPrefix(f.path, "practice/lab/") && !strings.HasSuffix(f.path, "_test.go") && (name == "net/http" || strings.HasPrefix(name, "net/http/")) {
					t.Errorf("%s imports %s: domains know no HTTP", f.path, name)
				}
				if !slices.Contains(append(domains, "internal"), f.room) && !strings.HasSuffix(f.path, "_test.go") && name == "database/sql" {
					t.Errorf("%s imports %s: edges know no SQL", f.path, name)
				}
				continue
			}
			room, _, _ := strings.Cut(rest, "/")
			if room != f.room && room != "internal" && !slices.Contains(allowed, room) {
				t.Errorf("%s imports %s: %s may import %v", f.path, rest, f.room, allowed)
			}
			if rest == "internal/testkit" && !strings.HasSuffix(f.path, "_test.go") {
				t.Errorf("%s imports the test kit", f.path)
			}
		}
	}
}

// statement tells SQL from other text; table is a name with its owner's prefix.
var (
	statement = regexp.MustCompile(`\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\b`)
	table     = regexp.MustCompile(`(?:FROM|JOIN|INTO|UPDATE|TABLE|ON|REFERENCES)\s+(?:IF (?:NOT )?EXISTS\s+)?([a-z]+)_[a-z_]+`)
)

func TestRoomsTouchOnlyTheirTables(t *testing.T) {
	found := 0
	check := func(name, room, text string) {
		if !statement.MatchString(text) {
			return
		}
		for _, m := range table.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(domains, m[1]) {
				continue
			}
			found++
			if m[1] != room {
				t.Errorf("%s: %q touches a table of %s", name, m[0], m[1])
			}
		}
	}
	for _, f := range goFiles(t) {
		if strings.HasSuffix(f.path, "_test.go") {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				check(f.path, f.room, text)
			}
			return true
		})
	}
	for _, room := range domains {
		err := filepath.WalkDir(room, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".sql") {
				return err
			}
			text, err := os.ReadFile(name)
			check(name, room, string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 100 {
		t.Errorf("found only %d uses of tables: does the check still see the SQL?", found)
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	said := map[string]bool{}
	for _, f := range goFiles(t) {
		dir := path.Dir(f.path)
		if strings.HasSuffix(f.path, "_test.go") || dir == "." {
			continue
		}
		said[dir] = said[dir] || f.ast.Doc != nil && len(f.ast.Doc.Text()) > 80
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("package %s has no comment that says what it is for and what does not belong there", dir)
		}
	}
}

// place is a folder or file that the map names: `posts/feeds.go`, `internal/db`.
var place = regexp.MustCompile("`([a-z0-9_./-]+/[a-z0-9_./-]*|[a-z_]+\\.(?:go|md))`")

func TestMapIsTrue(t *testing.T) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range place.FindAllStringSubmatch(string(text), -1) {
		name := strings.TrimSuffix(m[1], "/")
		named[name] = true
		if _, err := os.Stat(name); err != nil {
			t.Errorf("ARCHITECTURE.md names %s, which is not there", name)
		}
	}
	dirs := map[string]bool{}
	for _, f := range goFiles(t) {
		if dir := path.Dir(f.path); dir != "." {
			dirs[dir] = true
		}
	}
	for dir := range dirs {
		if !named[dir] {
			t.Errorf("ARCHITECTURE.md does not name %s/", dir)
		}
	}
}

// requirement is a line of go.mod that names a direct dependency.
var requirement = regexp.MustCompile(`(?m)^\t([a-z0-9.-]+(?:/[^ ]+)+) v\S+$`)

func TestEveryDependencyHasItsReason(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	found := requirement.FindAllStringSubmatch(string(mod), -1)
	if len(found) < 10 {
		t.Fatalf("found only %d direct dependencies in go.mod", len(found))
	}
	for _, m := range found {
		parts := strings.Split(m[1], "/") // a repository's modules share a line
		if name := strings.Join(parts[:min(len(parts), 3)], "/"); !strings.Contains(string(reasons), name) {
			t.Errorf("docs/dependencies.md has no line for %s", name)
		}
	}
}

func TestNoRoomWorksBehindTheScenes(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function: wiring is what app does", f.path)
			}
		}
	}
}

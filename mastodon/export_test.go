package mastodon

import (
	"net/http"
	"reflect"
)

// OnRead has f called with what handlers of the API read: a parameter of the
// address by its name, or all of a struct.
func OnRead(h http.Handler, f func(r Route, name string, into reflect.Type)) {
	h.(*server).onRead = func(c *Call, name string, into reflect.Type) { f(*c.route, name, into) }
}

// Params returns the names of the parameters that a struct takes, and the types
// of the structs that it is put together from, itself among them.
func Params(t reflect.Type) (names []string, parts []reflect.Type) {
	for _, f := range fieldsOf(t, "param") {
		names = append(names, f.Tag.Get("param"))
	}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		parts = append(parts, t)
		for f := range t.Fields() {
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				walk(f.Type)
			}
		}
	}
	walk(t)
	return names, parts
}

// PathOf is a route's path in the document.
func PathOf(pattern string) string { return pathOf(pattern) }

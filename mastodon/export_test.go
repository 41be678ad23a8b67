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

// ParamNames returns the names of all parameters of a route, those within
// others in brackets.
func ParamNames(r Route) []string {
	var all []string
	var walk func(t reflect.Type, before string)
	walk = func(t reflect.Type, before string) {
		for _, f := range fieldsOf(t, "param") {
			name, kind := f.Tag.Get("param"), f.Type
			if before != "" {
				name = before + "[" + name + "]"
			}
			if kind.Kind() == reflect.Pointer {
				kind = kind.Elem()
			}
			switch {
			case f.Type == fileType:
			case kind.Kind() == reflect.Struct:
				walk(kind, name)
			case kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct:
				walk(kind.Elem(), name+"[0]")
			case kind.Kind() == reflect.Slice:
				all = append(all, name+"[]")
			default:
				all = append(all, name)
			}
		}
	}
	walk(reflect.TypeOf(r.In), "")
	return all
}

// Same tells whether two routes do the same for the same callers.
func Same(a, b Route) bool {
	return a.Audience == b.Audience && a.Scope == b.Scope && a.Service == b.Service && a.Limit == b.Limit && a.Flags == b.Flags &&
		reflect.TypeOf(a.In) == reflect.TypeOf(b.In) && reflect.ValueOf(a.Handle).Pointer() == reflect.ValueOf(b.Handle).Pointer()
}

package web

// keyTexts say what keys do; the script has them by the same names.
var keyTexts = []struct {
	keys []string
	text string
}{
	{[]string{"j"}, "Next post"},
	{[]string{"k"}, "Previous post"},
	{[]string{"o"}, "Open the post"},
	{[]string{"Enter"}, "Open the post"},
	{[]string{"f"}, "Favourite"},
	{[]string{"b"}, "Boost"},
	{[]string{"r"}, "Answer"},
	{[]string{"n"}, "Write a post"},
	{[]string{"."}, "Show what is new"},
	{[]string{"/"}, "Search"},
	{[]string{"g", "h"}, "To the home timeline"},
	{[]string{"g", "n"}, "To the notifications"},
	{[]string{"?"}, "This help"},
	{[]string{"Escape"}, "Out of a field, a menu or this help"},
}

package practice

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/errs"
)

const (
	calendarTime = "20060102T150405Z"
	calendarLine = 75 // octets of a line, its end not counted
)

// MockCalendar returns an interview as a file for calendars (RFC 5545), with an
// alarm before it begins. One that was cancelled takes the entry back. Returns
// NotFound if no time is fixed.
func (s *Service) MockCalendar(m *Mock) ([]byte, error) {
	if m.At.IsZero() {
		return nil, errs.NotFoundRecord()
	}
	_, host, _ := strings.Cut(s.config.BaseURL, "://")
	page := s.config.BaseURL + "/practice/mocks/" + m.ID.String()
	status := "CONFIRMED"
	if m.State == MockCancelled {
		status = "CANCELLED"
	}
	about := fmt.Sprintf("Two rounds of %d minutes, one question each.", m.Minutes)
	if m.Note != "" {
		about += "\n\n" + m.Note
	}
	var b strings.Builder
	for _, line := range []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Guildhall//Mock interviews//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"BEGIN:VEVENT",
		"UID:mock-" + m.ID.String() + "@" + host,
		"DTSTAMP:" + s.Now().UTC().Format(calendarTime),
		"DTSTART:" + m.At.UTC().Format(calendarTime),
		"DTEND:" + m.At.UTC().Add(2*time.Duration(m.Minutes)*time.Minute+mockPause).Format(calendarTime),
		"SEQUENCE:" + fmt.Sprint(m.Revision),
		"STATUS:" + status,
		"SUMMARY:" + calendarText("Mock interview: "+m.Role+", "+m.Level),
		"DESCRIPTION:" + calendarText(about+"\n\n"+page),
		"URL:" + page,
		"BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:" + calendarText("Mock interview"), "TRIGGER:-PT15M", "END:VALARM",
		"END:VEVENT", "END:VCALENDAR",
	} {
		fold(&b, line)
	}
	return []byte(b.String()), nil
}

// calendarEscape is how text is written in a calendar (RFC 5545 §3.3.11).
var calendarEscape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// calendarText is text without what would end its line. Control characters are
// not allowed there.
func calendarText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, calendarEscape.Replace(text))
}

// fold writes a line in pieces of at most 75 octets, none of which ends within a
// character (RFC 5545 §3.1).
func fold(b *strings.Builder, line string) {
	most := calendarLine
	for len(line) > most {
		at := most
		for !utf8.RuneStart(line[at]) {
			at--
		}
		b.WriteString(line[:at] + "\r\n ")
		line, most = line[at:], calendarLine-1 // the space counts
	}
	b.WriteString(line + "\r\n")
}

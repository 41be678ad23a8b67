package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// houseRoutes are the pages about what the server says of itself.
func houseRoutes() []route {
	return []route{
		{"GET " + rulesPath, (*call).rules, forRules},
		{"POST " + rulesPath, (*call).setRule, forRules},
		{"POST " + rulesPath + "/{id}/remove", (*call).removeRule, forRules},
		{"GET " + announcementsPath, (*call).announcements, forNews},
		{"POST " + announcementsPath, (*call).setAnnouncement, forNews},
		{"POST " + announcementsPath + "/{id}/{deed}", (*call).keepAnnouncement, forNews},
		{"GET " + emojiPath, (*call).emojis, forEmoji},
		{"POST " + emojiPath, (*call).addEmoji, forEmoji},
		{"POST " + emojiPath + "/{id}/{deed}", (*call).keepEmoji, forEmoji},
		{"GET " + textsPath, (*call).texts, forTexts},
		{"POST " + textsPath + "/{what}", (*call).setText, forTexts},
		{"POST " + textsPath + "/{id}/remove", (*call).removeTerms, forTexts},
	}
}

// ruleData is what the page of rules shows.
type ruleData struct {
	Rules                []*instance.Rule
	ID                   ids.ID // of the one in the form, 0: a new one
	Text, Hint, Position string
	Wrong                *mistakes
}

func (c *call) rules() error {
	d := ruleData{}
	if text := c.query("edit"); text != "" {
		id, _ := ids.Parse(text)
		for _, r := range c.Instance.House().Rules {
			if r.ID == id {
				d.ID, d.Text, d.Hint, d.Position = id, r.Text, r.Hint, strconv.Itoa(r.Position)
			}
		}
		if d.ID == 0 {
			return errNoPage()
		}
	}
	return c.showRules(http.StatusOK, d)
}

func (c *call) showRules(status int, d ruleData) error {
	d.Rules = c.Instance.House().Rules
	return c.show(status, rulesPage(c.private(c.words().Text("Rules")), d))
}

// setRule adds or changes a rule.
func (c *call) setRule() error {
	d := ruleData{Text: c.field("text"), Hint: c.field("hint"), Position: c.field("position")}
	d.ID, _ = ids.Parse(c.field("id"))
	draft := instance.RuleDraft{Text: &d.Text, Hint: &d.Hint}
	if d.Position != "" {
		n, err := strconv.Atoi(d.Position)
		if err != nil || n < 0 || n > 10_000 {
			d.Wrong = &mistakes{Fields: map[string][]errs.Field{"position": {{Code: "ERR_INVALID", Text: c.words().Text("must be a number up to %s", "10000")}}}}
			return c.showRules(http.StatusUnprocessableEntity, d)
		}
		draft.Position = &n
	}
	var err error
	if d.ID == 0 {
		_, err = c.Instance.AddRule(c.r.Context(), c.user.ID, draft)
	} else {
		_, err = c.Instance.ChangeRule(c.r.Context(), c.user.ID, d.ID, draft)
	}
	if d.Wrong = mistakesOf(err); d.Wrong != nil {
		return c.showRules(http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	return c.saved(rulesPath)
}

func (c *call) removeRule() error { return c.removing(c.Instance.RemoveRule, rulesPath) }

func (c *call) removeTerms() error { return c.removing(c.Instance.RemoveTerms, textsPath) }

// removing removes what the page's address names and leads on.
func (c *call) removing(remove func(ctx context.Context, by, id ids.ID) error, next string) error {
	id, err := c.pathID()
	if err != nil {
		return err
	}
	if err := remove(c.r.Context(), c.user.ID, id); err != nil {
		return err
	}
	return c.goTo(next)
}

// newsData is what the page of announcements shows.
type newsData struct {
	List               []*instance.Announcement
	ID                 ids.ID // of the one in the form, 0: a new one
	Text, Starts, Ends string
	AllDay, Publish    bool
	Wrong              *mistakes
	Older              string
}

// localTime is the form of times in fields of forms (UTC).
const localTime = "2006-01-02T15:04"

func fieldTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(localTime)
}

// newsSpan is from when to when an announcement is about, empty for no time.
func newsSpan(r *reader, a *instance.Announcement) string {
	form := "2 January 2006, 15:04 UTC"
	if a.AllDay {
		form = "2 January 2006"
	}
	var ends []string
	for _, at := range []time.Time{a.StartsAt, a.EndsAt} {
		if !at.IsZero() {
			ends = append(ends, r.words.date(form, at.UTC()))
		}
	}
	return strings.Join(slices.Compact(ends), " – ")
}

func (c *call) announcements() error {
	d := newsData{Publish: true}
	if text := c.query("edit"); text != "" {
		id, _ := ids.Parse(text)
		a, err := c.Instance.AnyAnnouncement(c.r.Context(), id)
		if err != nil {
			return err
		}
		d = newsData{ID: id, Text: a.Text, Starts: fieldTime(a.StartsAt), Ends: fieldTime(a.EndsAt), AllDay: a.AllDay, Publish: !a.PublishedAt.IsZero()}
	}
	return c.showNews(http.StatusOK, d)
}

func (c *call) showNews(status int, d newsData) error {
	list, err := c.Instance.AllAnnouncements(c.r.Context(), c.deskLines())
	if err != nil {
		return err
	}
	if d.List = list; len(list) > 0 {
		d.Older = older(announcementsPath+"?", len(list), list[len(list)-1].ID)
	}
	return c.show(status, newsPage(c.private(c.words().Text("Announcements")), d))
}

// setAnnouncement makes or changes an announcement.
func (c *call) setAnnouncement() error {
	d := newsData{Text: c.field("text"), Starts: c.field("starts_at"), Ends: c.field("ends_at"), AllDay: c.field("all_day") != "", Publish: c.field("publish") != ""}
	d.ID, _ = ids.Parse(c.field("id"))
	times, wrong := map[string]*time.Time{}, map[string][]errs.Field{}
	for name, typed := range map[string]string{"starts_at": d.Starts, "ends_at": d.Ends} {
		at, err := time.Parse(localTime, typed)
		if err != nil && typed != "" {
			wrong[name] = []errs.Field{{Code: "ERR_INVALID", Text: c.words().Text("must be a day and a time")}}
		}
		times[name] = &at
	}
	if len(wrong) > 0 {
		d.Wrong = &mistakes{Fields: wrong}
		return c.showNews(http.StatusUnprocessableEntity, d)
	}
	draft := instance.AnnouncementDraft{Text: &d.Text, StartsAt: times["starts_at"], EndsAt: times["ends_at"], AllDay: &d.AllDay, Published: &d.Publish}
	var err error
	if d.ID == 0 {
		_, err = c.Instance.Announce(c.r.Context(), c.user.ID, draft)
	} else {
		_, err = c.Instance.ChangeAnnouncement(c.r.Context(), c.user.ID, d.ID, draft)
	}
	if d.Wrong = mistakesOf(err); d.Wrong != nil {
		return c.showNews(http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	return c.saved(announcementsPath)
}

// keepAnnouncement publishes an announcement, takes it back or removes it.
func (c *call) keepAnnouncement() error {
	published := map[string]bool{"publish": true, "withdraw": false}
	deed := c.r.PathValue("deed")
	if deed == "remove" {
		return c.removing(c.Instance.RemoveAnnouncement, announcementsPath)
	}
	on, ok := published[deed]
	if !ok {
		return errNoPage()
	}
	return c.removing(func(ctx context.Context, by, id ids.ID) error {
		_, err := c.Instance.ChangeAnnouncement(ctx, by, id, instance.AnnouncementDraft{Published: &on})
		return err
	}, announcementsPath)
}

// emojiData is what the page of emoji shows.
type emojiData struct {
	List                []*instance.Emoji
	Shortcode, Category string
	Wrong               *mistakes
}

func (c *call) emojis() error { return c.showEmojis(http.StatusOK, emojiData{}) }

func (c *call) showEmojis(status int, d emojiData) error {
	list, err := c.Instance.ListEmojis(c.r.Context())
	if err != nil {
		return err
	}
	d.List = list
	return c.show(status, emojisPage(c.private(c.words().Text("Emoji")), d))
}

// addEmoji takes a picture. How large it may be is bounded with the form.
func (c *call) addEmoji() error {
	d := emojiData{Shortcode: strings.Trim(strings.TrimSpace(c.field("shortcode")), ":"), Category: strings.TrimSpace(c.field("category"))}
	shown := true
	draft := instance.EmojiDraft{Shortcode: d.Shortcode, Category: &d.Category, Visible: &shown}
	if form := c.r.MultipartForm; form != nil && len(form.File["image"]) > 0 {
		file, err := form.File["image"][0].Open()
		if err != nil {
			return err
		}
		defer file.Close() // read only
		draft.Image = file
	}
	_, err := c.Instance.AddEmoji(c.r.Context(), c.user.ID, draft)
	if d.Wrong = mistakesOf(err); d.Wrong != nil {
		return c.showEmojis(http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	return c.saved(emojiPath)
}

// keepEmoji offers an emoji where emoji are picked, or not, or removes it.
func (c *call) keepEmoji() error {
	offered := map[string]bool{"show": true, "hide": false}
	deed := c.r.PathValue("deed")
	if deed == "remove" {
		return c.removing(c.Instance.RemoveEmoji, emojiPath)
	}
	on, ok := offered[deed]
	if !ok {
		return errNoPage()
	}
	return c.removing(func(ctx context.Context, by, id ids.ID) error {
		_, err := c.Instance.ChangeEmoji(ctx, by, id, instance.EmojiDraft{Visible: &on})
		return err
	}, emojiPath)
}

// textsData is what the page of the server's texts shows.
type textsData struct {
	Privacy, Description string
	Terms, Day           string // new ones
	List                 []*instance.Terms
	What                 string // the form that was sent
	Wrong                *mistakes
}

// wrong returns what is wrong with the text of a form.
func (d textsData) wrong(what string) []errs.Field {
	if d.What != what {
		return nil
	}
	return d.Wrong.of("text")
}

func (c *call) texts() error { return c.showTexts(http.StatusOK, c.houseTexts()) }

// houseTexts are the texts as they are.
func (c *call) houseTexts() textsData {
	h := c.Instance.House()
	return textsData{Privacy: h.PrivacyPolicy.Text, Description: h.ExtendedDescription.Text}
}

func (c *call) showTexts(status int, d textsData) error {
	d.List = c.Instance.House().Terms
	return c.show(status, textsPage(c.private(c.words().Text("Texts")), d))
}

// setText replaces one of the texts, or adds terms of service.
func (c *call) setText() error {
	ctx, d := c.r.Context(), c.houseTexts()
	d.What = c.r.PathValue("what")
	var err error
	switch d.What {
	case "privacy":
		d.Privacy = c.field("privacy")
		err = c.Instance.SetPrivacyPolicy(ctx, c.user.ID, d.Privacy)
	case "description":
		d.Description = c.field("description")
		err = c.Instance.SetExtendedDescription(ctx, c.user.ID, d.Description)
	case "terms":
		d.Terms, d.Day = c.field("terms"), c.field("effective_date")
		_, err = c.Instance.AddTerms(ctx, c.user.ID, d.Day, d.Terms)
	default:
		return errNoPage()
	}
	if d.Wrong = mistakesOf(err); d.Wrong != nil {
		return c.showTexts(http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	return c.saved(textsPath)
}

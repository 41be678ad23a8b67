package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/profiles"
)

// privacyData is what the page about who finds the reader and their posts shows.
type privacyData struct {
	In       profiles.Update // as it is, or as it was typed
	Problems map[string][]errs.Field
	Saved    bool
}

func (c *call) privacySettings() error {
	me, err := c.Profiles.Account(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, privacyPage(c.settingsFrame("Privacy and posting"), privacyData{Saved: c.isSaved(), In: profiles.Update{
		Locked: &me.Locked, Discoverable: &me.Discoverable, Indexable: &me.Indexable, HideCollections: &me.HideCollections,
		Privacy: &me.Privacy, QuotePolicy: &me.QuotePolicy, Language: &me.Language, Sensitive: &me.Sensitive, ShowApplication: &me.ShowApplication}}))
}

func (c *call) setPrivacy() error {
	privacy, quote, language := c.field("privacy"), c.field("quote_policy"), c.field("language")
	in := profiles.Update{Locked: c.ticked("locked"), Discoverable: c.ticked("discoverable"), Indexable: c.ticked("indexable"),
		HideCollections: c.ticked("hide_collections"), Privacy: &privacy, QuotePolicy: &quote, Language: &language,
		Sensitive: c.ticked("sensitive"), ShowApplication: c.ticked("show_application")}
	_, err := c.Profiles.Update(c.r.Context(), c.user.ID, in)
	if why := refusal(err); why != nil {
		return c.show(http.StatusUnprocessableEntity, privacyPage(c.settingsFrame("Privacy and posting"), privacyData{In: in, Problems: why.Fields}))
	}
	if err != nil {
		return err
	}
	return c.saved(privacySettingsPath)
}

// privacyChoices are the visibilities that posts may begin with.
func privacyChoices(ctx context.Context) []choice {
	var list []choice
	for _, v := range visibilities[:3] { // whom a direct post is for is said in it
		list = append(list, choice{v.name, t(ctx, v.text) + " · " + t(ctx, v.hint)})
	}
	return list
}

func quoteChoices(ctx context.Context) []choice {
	return []choice{{"public", t(ctx, "Everybody")}, {"followers", t(ctx, "Only who follows me")}, {"nobody", t(ctx, "Nobody but me")}}
}

// written are languages that posts are often in, each by its own name.
var written = []choice{
	{"ar", "العربية"}, {"bg", "Български"}, {"ca", "Català"}, {"cs", "Čeština"}, {"da", "Dansk"}, {"de", "Deutsch"}, {"el", "Ελληνικά"},
	{"en", "English"}, {"eo", "Esperanto"}, {"es", "Español"}, {"et", "Eesti"}, {"eu", "Euskara"}, {"fa", "فارسی"}, {"fi", "Suomi"},
	{"fr", "Français"}, {"ga", "Gaeilge"}, {"gl", "Galego"}, {"he", "עברית"}, {"hi", "हिन्दी"}, {"hr", "Hrvatski"}, {"hu", "Magyar"},
	{"id", "Bahasa Indonesia"}, {"is", "Íslenska"}, {"it", "Italiano"}, {"ja", "日本語"}, {"ko", "한국어"}, {"lt", "Lietuvių"}, {"lv", "Latviešu"},
	{"nb", "Norsk bokmål"}, {"nl", "Nederlands"}, {"pl", "Polski"}, {"pt", "Português"}, {"ro", "Română"}, {"ru", "Русский"}, {"sk", "Slovenčina"},
	{"sl", "Slovenščina"}, {"sv", "Svenska"}, {"th", "ไทย"}, {"tr", "Türkçe"}, {"uk", "Українська"}, {"vi", "Tiếng Việt"}, {"zh", "中文"},
}

// languageChoices are the languages that posts may be in, with the one that was
// chosen, whichever it is.
func languageChoices(ctx context.Context, chosen string) []choice {
	list := append([]choice{{"", t(ctx, "Not said")}}, written...)
	if !slices.ContainsFunc(list, func(c choice) bool { return c.Value == chosen }) {
		list = append(list, choice{chosen, chosen})
	}
	return list
}

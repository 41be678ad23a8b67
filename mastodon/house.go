package mastodon

import (
	"net/http"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// rule is Rule of the API.
type rule struct {
	ID           ids.ID                     `json:"id"`
	Text         string                     `json:"text"`
	Hint         string                     `json:"hint"`
	Translations map[string]ruleTranslation `json:"translations"`
}

type ruleTranslation struct {
	Text string `json:"text"`
	Hint string `json:"hint"`
}

func ruleEntity(r *instance.Rule) rule {
	e := rule{ID: r.ID, Text: r.Text, Hint: r.Hint, Translations: make(map[string]ruleTranslation, len(r.Translations))}
	for _, t := range r.Translations {
		e.Translations[t.Language] = ruleTranslation{t.Text, t.Hint}
	}
	return e
}

func (s *server) rules() []rule {
	all := s.Instance.House().Rules
	list := make([]rule, len(all))
	for i, r := range all {
		list[i] = ruleEntity(r)
	}
	return list
}

func (s *server) instanceRules(c *Call) error { return c.JSON(http.StatusOK, s.rules()) }

// extendedDescriptionEntity is ExtendedDescription and PrivacyPolicy of the API.
type extendedDescriptionEntity struct {
	Content   string  `json:"content"`
	UpdatedAt *string `json:"updated_at"`
}

// termsOfServiceEntity is TermsOfService of the API.
type termsOfServiceEntity struct {
	Content       string  `json:"content"`
	SucceededBy   *string `json:"succeeded_by"`
	EffectiveDate string  `json:"effective_date"`
	Effective     bool    `json:"effective"`
}

func (s *server) extendedDescription(c *Call) error {
	d := s.Instance.House().ExtendedDescription
	return c.JSON(http.StatusOK, extendedDescriptionEntity{d.HTML, timestamp(d.UpdatedAt)})
}

func (s *server) privacyPolicy(c *Call) error {
	d := s.Instance.House().PrivacyPolicy
	if d.HTML == "" {
		return errs.NotFoundRecord()
	}
	return c.JSON(http.StatusOK, extendedDescriptionEntity{d.HTML, timestamp(d.UpdatedAt)})
}

func (s *server) termsOfService(c *Call) error {
	t, next, err := s.Instance.TermsOn(c.R.PathValue("date"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, termsOfServiceEntity{Content: t.HTML, SucceededBy: orNil(next), EffectiveDate: t.Effective, Effective: s.Instance.Holds(t)})
}

// languageEntity is a language that posts can be in.
type languageEntity struct {
	Code string `json:"code"`
	Name string `json:"name"` // in English
}

// instanceLanguages lists the languages that have a code of two letters.
func (s *server) instanceLanguages(c *Call) error {
	names := display.English.Languages()
	list := []languageEntity{}
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			base, err := language.ParseBase(string([]rune{a, b}))
			if err != nil || base.String() != string([]rune{a, b}) { // none, or an older code of another
				continue
			}
			if name := names.Name(base); name != "" {
				list = append(list, languageEntity{base.String(), name})
			}
		}
	}
	return c.JSON(http.StatusOK, list)
}

// noCampaign answers that there is no campaign for donations.
func (s *server) noCampaign(c *Call) error {
	c.status = http.StatusNoContent
	c.W.WriteHeader(http.StatusNoContent)
	return nil
}

// ruleParams are what a rule is made of.
type ruleParams struct {
	Text         *string                  `param:"text"`
	Hint         *string                  `param:"hint"`
	Position     *int                     `param:"position"`
	Translations *[]ruleTranslationParams `param:"translations"`
}

type ruleTranslationParams struct {
	Language string `param:"language"`
	Text     string `param:"text"`
	Hint     string `param:"hint"`
}

func (c *Call) ruleDraft() (d instance.RuleDraft, err error) {
	var in ruleParams
	if err := c.Decode(&in); err != nil {
		return d, err
	}
	d = instance.RuleDraft{Text: in.Text, Hint: in.Hint, Position: in.Position}
	if in.Translations != nil {
		list := make([]instance.Translation, len(*in.Translations))
		for i, t := range *in.Translations {
			list[i] = instance.Translation(t)
		}
		d.Translations = &list
	}
	return d, nil
}

func (s *server) addRule(c *Call) error {
	d, err := c.ruleDraft()
	if err != nil {
		return err
	}
	r, err := s.Instance.AddRule(c.R.Context(), c.Viewer(), d)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, ruleEntity(r))
}

func (s *server) changeRule(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	d, err := c.ruleDraft()
	if err != nil {
		return err
	}
	r, err := s.Instance.ChangeRule(c.R.Context(), c.Viewer(), id, d)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, ruleEntity(r))
}

func (s *server) removeRule(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return c.done(s.Instance.RemoveRule(c.R.Context(), c.Viewer(), id))
}

// managedTerms are terms of service as those see them who write them.
type managedTerms struct {
	ID            ids.ID `json:"id"`
	Text          string `json:"text"`
	EffectiveDate string `json:"effective_date"`
	Effective     bool   `json:"effective"`
}

func (s *server) managedTerms(t *instance.Terms) managedTerms {
	return managedTerms{t.ID, t.Text, t.Effective, s.Instance.Holds(t)}
}

func (s *server) listTerms(c *Call) error {
	all := s.Instance.House().Terms
	list := make([]managedTerms, len(all))
	for i, t := range all {
		list[i] = s.managedTerms(t)
	}
	return c.JSON(http.StatusOK, list)
}

// termsParams are what terms of service are made of.
type termsParams struct {
	Text          string `param:"text"`
	EffectiveDate string `param:"effective_date"`
}

func (s *server) addTerms(c *Call) error {
	var in termsParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	t, err := s.Instance.AddTerms(c.R.Context(), c.Viewer(), in.EffectiveDate, in.Text)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.managedTerms(t))
}

func (s *server) removeTerms(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return c.done(s.Instance.RemoveTerms(c.R.Context(), c.Viewer(), id))
}

// documentParams are a document: plain text, of which paragraphs and links are
// made.
type documentParams struct {
	Text string `param:"text"`
}

func (s *server) setPrivacyPolicy(c *Call) error {
	var in documentParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	return c.done(s.Instance.SetPrivacyPolicy(c.R.Context(), c.Viewer(), in.Text))
}

func (s *server) setExtendedDescription(c *Call) error {
	var in documentParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	return c.done(s.Instance.SetExtendedDescription(c.R.Context(), c.Viewer(), in.Text))
}

// noSubscriptions answers who would have an account's posts by mail: no account
// offers that here.
func (s *server) noSubscriptions(*Call) error { return errs.NotFoundRecord() }

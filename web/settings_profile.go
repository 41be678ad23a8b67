package web

import (
	"io"
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/profiles"
)

// profileFields is how many lines the profile's table may have.
func profileFields() int { return profiles.DefaultConfig().MaxFields }

// profileFormData is what the page about one's profile shows.
type profileFormData struct {
	Me       *profiles.Account // as it is
	In       profiles.Update   // as it was typed
	Limits   profiles.Config
	Problems map[string][]errs.Field
	Saved    bool
}

func (c *call) profileSettings() error {
	me, err := c.Profiles.Account(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	fields := me.Fields
	in := profiles.Update{DisplayName: &me.DisplayName, Note: &me.Note, Fields: &fields, AvatarAlt: &me.AvatarAlt, HeaderAlt: &me.HeaderAlt, Bot: &me.Bot}
	return c.showProfileForm(http.StatusOK, profileFormData{Me: me, In: in, Saved: c.isSaved()})
}

func (c *call) showProfileForm(status int, d profileFormData) error {
	d.Limits = profiles.DefaultConfig()
	return c.show(status, profileFormPage(c.settingsFrame("Profile"), d))
}

func (c *call) setProfile() error {
	name, note, avatarAlt, headerAlt := c.field("display_name"), c.field("note"), c.field("avatar_description"), c.field("header_description")
	fields := c.profileTable()
	u := profiles.Update{DisplayName: &name, Note: &note, Fields: &fields, AvatarAlt: &avatarAlt, HeaderAlt: &headerAlt,
		Bot: c.ticked("bot"), RemoveAvatar: *c.ticked("remove_avatar"), RemoveHeader: *c.ticked("remove_header")}
	var err error
	if u.Avatar, err = c.upload("avatar"); err != nil {
		return err
	}
	if u.Header, err = c.upload("header"); err != nil {
		return err
	}
	_, err = c.Profiles.Update(c.r.Context(), c.user.ID, u)
	if why := refusal(err); why != nil {
		me, err := c.Profiles.Account(c.r.Context(), c.user.ID)
		if err != nil {
			return err
		}
		return c.showProfileForm(http.StatusUnprocessableEntity, profileFormData{Me: me, In: u, Problems: why.Fields})
	}
	if err != nil {
		return err
	}
	return c.saved(profileSettingsPath)
}

// profileTable reads the lines of the profile's table.
func (c *call) profileTable() []profiles.Field {
	names, values := c.r.PostForm["field_name"], c.r.PostForm["field_value"]
	var fields []profiles.Field
	for i := range min(len(names), len(values), profileFields()) {
		if names[i] != "" || values[i] != "" {
			fields = append(fields, profiles.Field{Name: names[i], Value: values[i]})
		}
	}
	return fields
}

// upload returns the bytes of a file that was sent with the form, nil for none.
// One that is too large is cut to a byte more than is allowed: what reads it
// then says that it is.
func (c *call) upload(name string) ([]byte, error) {
	if c.r.MultipartForm == nil || len(c.r.MultipartForm.File[name]) == 0 {
		return nil, nil
	}
	sent := c.r.MultipartForm.File[name][0]
	if sent.Size == 0 {
		return nil, nil // no file was chosen
	}
	f, err := sent.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, profiles.DefaultConfig().PictureBytes+1))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return data, err
}

// line is a line of the profile's table, empty where there is none.
func (d profileFormData) line(i int) profiles.Field {
	if d.In.Fields == nil || i >= len(*d.In.Fields) {
		return profiles.Field{}
	}
	return (*d.In.Fields)[i]
}

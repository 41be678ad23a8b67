package mastodon

import (
	"context"
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
)

// tokenEntity is Token of the API.
type tokenEntity struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	Scope       string `json:"scope"`
	CreatedAt   int64  `json:"created_at"`
}

func tokenOf(t *identity.Token) tokenEntity {
	return tokenEntity{t.Secret, "Bearer", t.Scopes.String(), t.CreatedAt.Unix()}
}

// client is who an OAuth client says it is, in the body or, as RFC 6749 §2.3.1
// prefers, in the Authorization header.
type client struct {
	ID, Secret string
}

func (c *Call) client(id, secret string) client {
	if user, password, ok := c.R.BasicAuth(); ok {
		return client{user, password}
	}
	return client{id, secret}
}

// tokenParams are those of RFC 6749 §4 and RFC 7636.
type tokenParams struct {
	GrantType    string `param:"grant_type"`
	ClientID     string `param:"client_id"`
	ClientSecret string `param:"client_secret"`
	Code         string `param:"code"`
	RedirectURI  string `param:"redirect_uri"`
	Verifier     string `param:"code_verifier"`
	Username     string `param:"username"`
	Password     string `param:"password"`
	Scope        string `param:"scope"`
}

func (s *server) token(c *Call) error {
	c.W.Header().Set("Cache-Control", "no-store")
	var in tokenParams
	if err := c.decodeOAuth(&in); err != nil {
		return err
	}
	who := c.client(in.ClientID, in.ClientSecret)
	t, err := s.Identity.Exchange(c.R.Context(), identity.TokenRequest{
		GrantType: in.GrantType, ClientID: who.ID, ClientSecret: who.Secret,
		Code: in.Code, RedirectURI: in.RedirectURI, CodeVerifier: in.Verifier,
		Username: in.Username, Password: in.Password, Scope: in.Scope, Address: c.Address().String(),
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, tokenOf(t))
}

// revokeParams are those of RFC 7009.
type revokeParams struct {
	ClientID     string `param:"client_id"`
	ClientSecret string `param:"client_secret"`
	Token        string `param:"token"`
}

func (s *server) revoke(c *Call) error {
	c.W.Header().Set("Cache-Control", "no-store")
	var in revokeParams
	if err := c.decodeOAuth(&in); err != nil {
		return err
	}
	who := c.client(in.ClientID, in.ClientSecret)
	if err := s.Identity.Revoke(c.R.Context(), who.ID, who.Secret, in.Token); err != nil {
		return err
	}
	return s.emptyObject(c)
}

// decodeOAuth is Decode for the token endpoint, where secrets must not come in
// the URL: URLs end up in logs.
func (c *Call) decodeOAuth(into any) error {
	c.R.URL.RawQuery = ""
	err := c.Decode(into)
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Malformed) {
		return &identity.OAuthError{Code: "invalid_request", Text: "The request could not be read"}
	}
	return err
}

// userinfoEntity is the claims of OpenID Connect.
type userinfoEntity struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Name     string `json:"name"`
	Username string `json:"preferred_username"`
	Profile  string `json:"profile"`
	Picture  string `json:"picture"`
}

// userinfo is OpenID Connect's, as far as it goes without ID tokens.
func (s *server) userinfo(c *Call) error {
	a, err := s.Profiles.Account(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, userinfoEntity{
		Issuer: s.config.BaseURL + "/", Subject: s.config.BaseURL + "/users/" + a.Username,
		Name: a.DisplayName, Username: a.Username,
		Profile: s.config.BaseURL + "/@" + a.Username, Picture: s.pictureURL(a.Avatar, "/avatars/default.png"),
	})
}

// oauthMetadataEntity is the document of RFC 8414.
type oauthMetadataEntity struct {
	Issuer                string   `json:"issuer"`
	ServiceDocumentation  string   `json:"service_documentation"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	UserinfoEndpoint      string   `json:"userinfo_endpoint"`
	AppEndpoint           string   `json:"app_registration_endpoint"`
	Scopes                []string `json:"scopes_supported"`
	ResponseTypes         []string `json:"response_types_supported"`
	ResponseModes         []string `json:"response_modes_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	AuthMethods           []string `json:"token_endpoint_auth_methods_supported"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
}

// oauthMetadata is the server's description of RFC 8414.
func (s *server) oauthMetadata(c *Call) error {
	base := s.config.BaseURL
	grants := []string{"authorization_code", "client_credentials"}
	if s.config.PasswordGrant {
		grants = append(grants, "password")
	}
	return c.JSON(http.StatusOK, oauthMetadataEntity{
		Issuer:                base + "/",
		ServiceDocumentation:  "https://docs.joinmastodon.org/",
		AuthorizationEndpoint: base + "/oauth/authorize",
		TokenEndpoint:         base + "/oauth/token",
		RevocationEndpoint:    base + "/oauth/revoke",
		UserinfoEndpoint:      base + "/oauth/userinfo",
		AppEndpoint:           base + "/api/v1/apps",
		Scopes:                identity.AllScopes(),
		ResponseTypes:         []string{"code"},
		ResponseModes:         []string{"query"},
		GrantTypes:            grants,
		AuthMethods:           []string{"client_secret_basic", "client_secret_post"},
		ChallengeMethods:      []string{"S256"},
	})
}

// applicationEntity is Application of the API.
type applicationEntity struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Website      *string  `json:"website"`
	Scopes       []string `json:"scopes"`
	RedirectURIs []string `json:"redirect_uris"`
	RedirectURI  string   `json:"redirect_uri"` // the same, by lines
	VapidKey     string   `json:"vapid_key"`
}

func (s *server) appOf(ctx context.Context, a *identity.App) (applicationEntity, error) {
	key, err := s.Notifications.VAPID(ctx)
	if err != nil {
		return applicationEntity{}, err
	}
	uris := a.RedirectURIs
	if uris == nil {
		uris = []string{}
	}
	return applicationEntity{a.ID.String(), a.Name, orNil(a.Website), a.Scopes, uris, strings.Join(uris, "\n"), key.Public()}, nil
}

// credentialApplicationEntity is CredentialApplication of the API.
type credentialApplicationEntity struct {
	applicationEntity
	ClientID         string `json:"client_id"`
	ClientSecret     string `json:"client_secret"`
	SecretExpiration int    `json:"client_secret_expires_at"` // 0: never
}

// appParams are a new app's.
type appParams struct {
	Name         string   `param:"client_name"`
	Website      string   `param:"website"`
	RedirectURIs []string `param:"redirect_uris"`
	Scopes       string   `param:"scopes"` // by spaces
}

func (s *server) createApp(c *Call) error {
	var in appParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	a, err := s.Identity.CreateApp(c.R.Context(), in.Name, in.Website, in.RedirectURIs, in.Scopes)
	if err != nil {
		return err
	}
	e, err := s.appOf(c.R.Context(), a)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, credentialApplicationEntity{e, a.ClientID, a.ClientSecret, 0})
}

func (s *server) verifyApp(c *Call) error {
	a, err := s.Identity.App(c.R.Context(), c.Caller.AppID)
	if err != nil {
		return err
	}
	e, err := s.appOf(c.R.Context(), a)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, e)
}

package mastodon

func oauthRoutes() []Route {
	return []Route{
		{"GET", "/.well-known/oauth-authorization-server", Public, "", Identity, "", 0, (*server).oauthMetadata, nil, oauthMetadataEntity{}},
		{"POST", "/oauth/token", Public, "", Identity, "", 0, (*server).token, tokenParams{}, tokenEntity{}},
		{"POST", "/oauth/revoke", Public, "", Identity, "", 0, (*server).revoke, revokeParams{}, nil},
		{"GET", "/oauth/userinfo", User, "profile read:accounts", Identity, "", 0, (*server).userinfo, nil, userinfoEntity{}},
		{"POST", "/oauth/userinfo", User, "profile read:accounts", Identity, "", 0, (*server).userinfo, nil, userinfoEntity{}},
		{"POST", "/api/v1/apps", Public, "", Identity, "apps", 0, (*server).createApp, appParams{}, credentialApplicationEntity{}},
		{"GET", "/api/v1/apps/verify_credentials", App, "", Identity, "", PendingToo, (*server).verifyApp, nil, applicationEntity{}},
		{"POST", "/api/v1/emails/confirmations", User, "", Identity, "confirmation", PendingToo, (*server).resendConfirmation, emailParams{}, nil},
		{"GET", "/api/v1/emails/check_confirmation", User, "", Identity, "", PendingToo, (*server).checkConfirmation, nil, false},
	}
}

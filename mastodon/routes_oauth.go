package mastodon

func oauthRoutes() []Route {
	return []Route{
		{"GET", "/.well-known/oauth-authorization-server", Public, "", Identity, "", 0, (*server).oauthMetadata, nil, nil},
		{"POST", "/oauth/token", Public, "", Identity, "", 0, (*server).token, nil, nil},
		{"POST", "/oauth/revoke", Public, "", Identity, "", 0, (*server).revoke, nil, nil},
		{"GET", "/oauth/userinfo", User, "profile read:accounts", Identity, "", 0, (*server).userinfo, nil, nil},
		{"POST", "/oauth/userinfo", User, "profile read:accounts", Identity, "", 0, (*server).userinfo, nil, nil},
		{"POST", "/api/v1/apps", Public, "", Identity, "apps", 0, (*server).createApp, nil, nil},
		{"GET", "/api/v1/apps/verify_credentials", App, "", Identity, "", PendingToo, (*server).verifyApp, nil, nil},
		{"POST", "/api/v1/emails/confirmations", User, "", Identity, "confirmation", PendingToo, (*server).resendConfirmation, nil, nil},
		{"GET", "/api/v1/emails/check_confirmation", User, "", Identity, "", PendingToo, (*server).checkConfirmation, nil, nil},
	}
}

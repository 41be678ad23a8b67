package mastodon

func accountRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/accounts", App, "write:accounts", Identity, "", 0, (*server).signUp, nil, nil},
		{"GET", "/api/v1/accounts", Anyone, "read:accounts", Profiles, "", 0, (*server).accounts, nil, nil},
		{"GET", "/api/v1/accounts/verify_credentials", User, "profile read:accounts", Profiles, "", 0, (*server).verifyCredentials, nil, nil},
		{"PATCH", "/api/v1/accounts/update_credentials", User, "write:accounts", Profiles, "", Upload, (*server).updateCredentials, nil, nil},
		{"PUT", "/api/v1/accounts/update_credentials", User, "write:accounts", Profiles, "", Upload, (*server).updateCredentials, nil, nil},
		{"DELETE", "/api/v1/profile/avatar", User, "write:accounts", Profiles, "", 0, (*server).deleteAvatar, nil, nil},
		{"DELETE", "/api/v1/profile/header", User, "write:accounts", Profiles, "", 0, (*server).deleteHeader, nil, nil},
		{"GET", "/api/v1/preferences", User, "read:accounts", Profiles, "", 0, (*server).preferences, nil, nil},
		{"GET", "/api/v1/accounts/lookup", Anyone, "read:accounts", Profiles, "", 0, (*server).lookup, nil, nil},
		{"GET", "/api/v1/accounts/search", User, "read:accounts", Profiles, "", 0, (*server).searchAccounts, nil, nil},
		{"GET", "/api/v1/accounts/{id}", Anyone, "read:accounts", Profiles, "", 0, (*server).account, nil, nil},
		{"GET", "/api/v1/accounts/{id}/followers", Anyone, "read:accounts", Profiles, "paging", 0, (*server).followers, nil, nil},
		{"GET", "/api/v1/accounts/{id}/following", Anyone, "read:accounts", Profiles, "paging", 0, (*server).following, nil, nil},
	}
}

func relationshipRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/accounts/relationships", User, "read:follows", Profiles, "", 0, (*server).relationships, nil, nil},
		{"POST", "/api/v1/accounts/{id}/follow", User, "write:follows", Profiles, "follows", 0, (*server).follow, nil, nil},
		{"POST", "/api/v1/accounts/{id}/unfollow", User, "write:follows", Profiles, "", 0, (*server).unfollow, nil, nil},
		{"POST", "/api/v1/accounts/{id}/remove_from_followers", User, "write:follows", Profiles, "", 0, (*server).removeFollower, nil, nil},
		{"POST", "/api/v1/accounts/{id}/block", User, "write:blocks", Profiles, "", 0, (*server).block, nil, nil},
		{"POST", "/api/v1/accounts/{id}/unblock", User, "write:blocks", Profiles, "", 0, (*server).unblock, nil, nil},
		{"POST", "/api/v1/accounts/{id}/mute", User, "write:mutes", Profiles, "", 0, (*server).mute, nil, nil},
		{"POST", "/api/v1/accounts/{id}/unmute", User, "write:mutes", Profiles, "", 0, (*server).unmute, nil, nil},
		{"POST", "/api/v1/accounts/{id}/note", User, "write:accounts", Profiles, "", 0, (*server).setNote, nil, nil},
		{"GET", "/api/v1/follow_requests", User, "read:follows", Profiles, "paging", 0, (*server).followRequests, nil, nil},
		{"POST", "/api/v1/follow_requests/{id}/authorize", User, "write:follows", Profiles, "", 0, (*server).authorizeRequest, nil, nil},
		{"POST", "/api/v1/follow_requests/{id}/reject", User, "write:follows", Profiles, "", 0, (*server).rejectRequest, nil, nil},
		{"GET", "/api/v1/blocks", User, "read:blocks", Profiles, "paging", 0, (*server).blocks, nil, nil},
		{"GET", "/api/v1/mutes", User, "read:mutes", Profiles, "paging", 0, (*server).mutes, nil, nil},
	}
}

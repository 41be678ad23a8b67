package mastodon

func accountRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/accounts", App, "write:accounts", Identity, "", 0, (*server).signUp, signUpParams{}, tokenEntity{}},
		{"GET", "/api/v1/accounts", Anyone, "read:accounts", Profiles, "", 0, (*server).accounts, idsParams{}, []accountEntity{}},
		{"GET", "/api/v1/accounts/verify_credentials", User, "profile read:accounts", Profiles, "", 0, (*server).verifyCredentials, nil, credentialEntity{}},
		{"PATCH", "/api/v1/accounts/update_credentials", User, "write:accounts", Profiles, "", Upload, (*server).updateCredentials, profileParams{}, credentialEntity{}},
		{"PUT", "/api/v1/accounts/update_credentials", User, "write:accounts", Profiles, "", Upload, (*server).updateCredentials, profileParams{}, credentialEntity{}},
		{"GET", "/api/v1/profile", User, "profile read:accounts", Profiles, "", 0, (*server).ownProfile, nil, profileEntity{}},
		{"PATCH", "/api/v1/profile", User, "write:accounts", Profiles, "", Upload, (*server).changeProfile, profileParams{}, profileEntity{}},
		{"PUT", "/api/v1/profile", User, "write:accounts", Profiles, "", Upload, (*server).changeProfile, profileParams{}, profileEntity{}},
		{"DELETE", "/api/v1/profile/avatar", User, "write:accounts", Profiles, "", 0, (*server).deleteAvatar, nil, credentialEntity{}},
		{"DELETE", "/api/v1/profile/header", User, "write:accounts", Profiles, "", 0, (*server).deleteHeader, nil, credentialEntity{}},
		{"POST", "/api/v1/accounts/{id}/email_subscriptions", Public, "", Profiles, "", 0, (*server).noSubscriptions, nil, nil},
		{"GET", "/api/v1/preferences", User, "read:accounts", Profiles, "", 0, (*server).preferences, nil, preferencesEntity{}},
		{"GET", "/api/v1/accounts/lookup", Anyone, "read:accounts", Profiles, "", 0, (*server).lookup, lookupParams{}, accountEntity{}},
		{"GET", "/api/v1/accounts/search", User, "read:accounts", Profiles, "", 0, (*server).searchAccounts, searchAccountsParams{}, []accountEntity{}},
		{"GET", "/api/v1/accounts/{id}", Anyone, "read:accounts", Profiles, "", 0, (*server).account, nil, accountEntity{}},
		{"GET", "/api/v1/accounts/{id}/followers", Anyone, "read:accounts", Profiles, "paging", 0, (*server).followers, pageParams{}, []accountEntity{}},
		{"GET", "/api/v1/accounts/{id}/following", Anyone, "read:accounts", Profiles, "paging", 0, (*server).following, pageParams{}, []accountEntity{}},
	}
}

func relationshipRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/accounts/relationships", User, "read:follows", Profiles, "", 0, (*server).relationships, idsParams{}, []relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/follow", User, "write:follows", Profiles, "follows", 0, (*server).follow, followParams{}, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/unfollow", User, "write:follows", Profiles, "", 0, (*server).unfollow, nil, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/remove_from_followers", User, "write:follows", Profiles, "", 0, (*server).removeFollower, nil, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/block", User, "write:blocks", Profiles, "", 0, (*server).block, nil, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/unblock", User, "write:blocks", Profiles, "", 0, (*server).unblock, nil, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/mute", User, "write:mutes", Profiles, "", 0, (*server).mute, muteParams{}, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/unmute", User, "write:mutes", Profiles, "", 0, (*server).unmute, nil, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/note", User, "write:accounts", Profiles, "", 0, (*server).setNote, noteParams{}, relationshipEntity{}},
		{"GET", "/api/v1/follow_requests", User, "read:follows", Profiles, "paging", 0, (*server).followRequests, pageParams{}, []accountEntity{}},
		{"POST", "/api/v1/follow_requests/{id}/authorize", User, "write:follows", Profiles, "", 0, (*server).authorizeRequest, nil, relationshipEntity{}},
		{"POST", "/api/v1/follow_requests/{id}/reject", User, "write:follows", Profiles, "", 0, (*server).rejectRequest, nil, relationshipEntity{}},
		{"GET", "/api/v1/domain_blocks", User, "read:blocks", Profiles, "paging", 0, (*server).domainBlocks, pageParams{}, []string{}},
		{"GET", "/api/v1/domain_blocks/preview", User, "read:blocks", Profiles, "", 0, (*server).previewDomainBlock, domainParams{}, domainPreview{}},
		{"POST", "/api/v1/domain_blocks", User, "write:blocks", Profiles, "", 0, (*server).blockDomain, domainParams{}, nil},
		{"DELETE", "/api/v1/domain_blocks", User, "write:blocks", Profiles, "", 0, (*server).unblockDomain, domainParams{}, nil},
		{"GET", "/api/v1/blocks", User, "read:blocks", Profiles, "paging", 0, (*server).blocks, pageParams{}, []accountEntity{}},
		{"GET", "/api/v1/mutes", User, "read:mutes", Profiles, "paging", 0, (*server).mutes, pageParams{}, []mutedEntity{}},
	}
}

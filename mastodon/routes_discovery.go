package mastodon

func discoveryRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/tags/{name}", Anyone, "read:follows", Posts, "", 0, (*server).getTag, nil, tagEntity{}},
		{"POST", "/api/v1/tags/{name}/follow", User, "write:follows", Posts, "follows", 0, (*server).followTag, nil, tagEntity{}},
		{"POST", "/api/v1/tags/{name}/unfollow", User, "write:follows", Posts, "", 0, (*server).unfollowTag, nil, tagEntity{}},
		{"POST", "/api/v1/tags/{name}/feature", User, "write:accounts", Posts, "", 0, (*server).feature, nil, tagEntity{}},
		{"POST", "/api/v1/tags/{name}/unfeature", User, "write:accounts", Posts, "", 0, (*server).unfeature, nil, tagEntity{}},
		{"GET", "/api/v1/followed_tags", User, "read:follows", Posts, "", 0, (*server).followedTags, pageParams{}, []tagEntity{}},
		{"GET", "/api/v1/featured_tags", User, "read:accounts", Posts, "", 0, (*server).ownFeaturedTags, nil, []featuredTagEntity{}},
		{"POST", "/api/v1/featured_tags", User, "write:accounts", Posts, "", 0, (*server).addFeaturedTag, featureParams{}, featuredTagEntity{}},
		{"DELETE", "/api/v1/featured_tags/{id}", User, "write:accounts", Posts, "", 0, (*server).deleteFeaturedTag, nil, nil},
		{"GET", "/api/v1/featured_tags/suggestions", User, "read:accounts", Posts, "", 0, (*server).suggestedTags, nil, []tagEntity{}},
		{"GET", "/api/v1/accounts/{id}/featured_tags", Anyone, "read:accounts", Posts, "", 0, (*server).featuredTags, nil, []featuredTagEntity{}},
		{"GET", "/api/v1/trends", Anyone, "read", Posts, "", Deprecated, (*server).trendingTags, offsetParams{}, []tagEntity{}},
		{"GET", "/api/v1/trends/tags", Anyone, "read", Posts, "", 0, (*server).trendingTags, offsetParams{}, []tagEntity{}},
		{"GET", "/api/v1/trends/links", Anyone, "read", Posts, "", 0, (*server).trendingLinks, offsetParams{}, []trendLinkEntity{}},
		{"GET", "/api/v1/trends/statuses", Anyone, "read", Posts, "", 0, (*server).trendingStatuses, offsetParams{}, []statusAnswer{}},
		{"GET", "/api/v1/directory", Anyone, "read:accounts", Profiles, "", 0, (*server).directory, directoryParams{}, []accountEntity{}},
		{"GET", "/api/v1/suggestions", User, "read:accounts", Profiles, "", Deprecated, (*server).suggestionsV1, offsetParams{}, []accountEntity{}},
		{"GET", "/api/v2/suggestions", User, "read:accounts", Profiles, "", 0, (*server).suggestionsV2, offsetParams{}, []suggestionEntity{}},
		{"DELETE", "/api/v1/suggestions/{id}", User, "write:accounts", Profiles, "", 0, (*server).dismissSuggestion, nil, nil},
		{"POST", "/api/v1/accounts/{id}/endorse", User, "write:accounts", Profiles, "", 0, (*server).endorse, nil, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/unendorse", User, "write:accounts", Profiles, "", 0, (*server).unendorse, nil, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/pin", User, "write:accounts", Profiles, "", Deprecated, (*server).endorse, nil, relationshipEntity{}},
		{"POST", "/api/v1/accounts/{id}/unpin", User, "write:accounts", Profiles, "", Deprecated, (*server).unendorse, nil, relationshipEntity{}},
		{"GET", "/api/v1/endorsements", User, "read:accounts", Profiles, "", 0, (*server).endorsements, pageParams{}, []accountEntity{}},
		{"GET", "/api/v1/accounts/{id}/endorsements", Anyone, "read:accounts", Profiles, "paging", 0, (*server).endorsementsOf, pageParams{}, []accountEntity{}},
		{"GET", "/api/v1/accounts/familiar_followers", User, "read:follows", Profiles, "", 0, (*server).familiarFollowers, idsParams{}, []familiarEntity{}},
		{"GET", "/api/v1/accounts/{id}/identity_proofs", Anyone, "read:accounts", Profiles, "", Deprecated, (*server).identityProofs, nil, []struct{}{}},
	}
}

func trendReviewRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/admin/tags", Moderators, "admin:read", Posts, "", 0, (*server).adminTags, pageParams{}, []adminTagEntity{}},
		{"GET", "/api/v1/admin/tags/{id}", Moderators, "admin:read", Posts, "", 0, (*server).adminTag, nil, adminTagEntity{}},
		{"PUT", "/api/v1/admin/tags/{id}", Moderators, "admin:write", Posts, "", 0, (*server).setAdminTag, adminTagParams{}, adminTagEntity{}},
		{"PATCH", "/api/v1/admin/tags/{id}", Moderators, "admin:write", Posts, "", 0, (*server).setAdminTag, adminTagParams{}, adminTagEntity{}},
		{"GET", "/api/v1/admin/trends/tags", Moderators, "admin:read", Posts, "", 0, (*server).adminTrendingTags, offsetParams{}, []adminTagEntity{}},
		{"POST", "/api/v1/admin/trends/tags/{id}/approve", Moderators, "admin:write", Posts, "", 0, (*server).approveTag, nil, adminTagEntity{}},
		{"POST", "/api/v1/admin/trends/tags/{id}/reject", Moderators, "admin:write", Posts, "", 0, (*server).rejectTag, nil, adminTagEntity{}},
		{"GET", "/api/v1/admin/trends/statuses", Moderators, "admin:read", Posts, "", 0, (*server).adminTrendingStatuses, offsetParams{}, []adminStatusAnswer{}},
		{"POST", "/api/v1/admin/trends/statuses/{id}/approve", Moderators, "admin:write", Posts, "", 0, (*server).approveStatus, nil, adminStatusAnswer{}},
		{"POST", "/api/v1/admin/trends/statuses/{id}/reject", Moderators, "admin:write", Posts, "", 0, (*server).rejectStatus, nil, adminStatusAnswer{}},
		{"GET", "/api/v1/admin/trends/links", Moderators, "admin:read", Posts, "", 0, (*server).adminTrendingLinks, offsetParams{}, []adminLinkEntity{}},
		{"POST", "/api/v1/admin/trends/links/{id}/approve", Moderators, "admin:write", Posts, "", 0, (*server).approveLink, nil, adminLinkEntity{}},
		{"POST", "/api/v1/admin/trends/links/{id}/reject", Moderators, "admin:write", Posts, "", 0, (*server).rejectLink, nil, adminLinkEntity{}},
		{"GET", "/api/v1/admin/trends/links/publishers", Moderators, "admin:read", Posts, "", 0, (*server).publishers, pageParams{}, []publisherEntity{}},
		{"POST", "/api/v1/admin/trends/links/publishers/{id}/approve", Moderators, "admin:write", Posts, "", 0, (*server).approvePublisher, nil, publisherEntity{}},
		{"POST", "/api/v1/admin/trends/links/publishers/{id}/reject", Moderators, "admin:write", Posts, "", 0, (*server).rejectPublisher, nil, publisherEntity{}},
	}
}

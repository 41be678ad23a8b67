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
	}
}

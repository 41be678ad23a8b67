package mastodon

func quoteRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/timelines/link", Anyone, "read:statuses", Posts, "", 0, (*server).linkTimeline, linkParams{}, []statusAnswer{}},
		{"GET", "/api/v1/statuses/{id}/quotes", Anyone, "read:statuses", Posts, "paging", 0, (*server).quotes, pageParams{}, []statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/quotes/{quoting_status_id}/revoke", User, "write:statuses", Posts, "", 0, (*server).revokeQuote, nil, statusAnswer{}},
		{"PUT", "/api/v1/statuses/{id}/interaction_policy", User, "write:statuses", Posts, "", 0, (*server).setInteractionPolicy, interactionPolicyParams{}, statusAnswer{}},
		{"PATCH", "/api/v1/statuses/{id}/interaction_policy", User, "write:statuses", Posts, "", 0, (*server).setInteractionPolicy, interactionPolicyParams{}, statusAnswer{}},
	}
}

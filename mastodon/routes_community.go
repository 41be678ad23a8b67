package mastodon

func communityRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/custom_emojis", Public, "", Instance, "", 0, (*server).customEmojis, nil, []emojiEntity{}},
		{"GET", "/api/v1/donation_campaigns", User, "", Instance, "", Raw, (*server).noCampaign, nil, nil},
		{"GET", "/api/v1/announcements", User, "", Instance, "", 0, (*server).announcements, nil, []announcementEntity{}},
		{"POST", "/api/v1/announcements/{id}/dismiss", User, "write:accounts", Instance, "", 0, (*server).dismissAnnouncement, nil, nil},
		{"PUT", "/api/v1/announcements/{id}/reactions/{name}", User, "write:favourites", Instance, "", 0, (*server).react, nil, nil},
		{"PATCH", "/api/v1/announcements/{id}/reactions/{name}", User, "write:favourites", Instance, "", 0, (*server).react, nil, nil},
		{"DELETE", "/api/v1/announcements/{id}/reactions/{name}", User, "write:favourites", Instance, "", 0, (*server).unreact, nil, nil},
	}
}

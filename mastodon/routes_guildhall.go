package mastodon

// guildhallRoutes are our own endpoints, beside Mastodon's.
func guildhallRoutes() []Route {
	const admin = "/api/guildhall/v1/admin"
	return []Route{
		{"GET", "/api/guildhall/v1/openapi.json", Public, "", Instance, "", 0, (*server).openAPI, nil, openAPIEntity{}},
		{"GET", admin + "/custom_emojis", Moderators, "admin:read", Instance, "", 0, (*server).listEmojis, nil, []managedEmoji{}},
		{"POST", admin + "/custom_emojis", Moderators, "admin:write", Instance, "", Upload, (*server).addEmoji, emojiParams{}, managedEmoji{}},
		{"PATCH", admin + "/custom_emojis/{id}", Moderators, "admin:write", Instance, "", Upload, (*server).changeEmoji, emojiParams{}, managedEmoji{}},
		{"PUT", admin + "/custom_emojis/{id}", Moderators, "admin:write", Instance, "", Upload, (*server).changeEmoji, emojiParams{}, managedEmoji{}},
		{"DELETE", admin + "/custom_emojis/{id}", Moderators, "admin:write", Instance, "", 0, (*server).removeEmoji, nil, nil},
		{"GET", admin + "/announcements", Admins, "admin:read", Instance, "paging", 0, (*server).listAnnouncements, pageParams{}, []managedAnnouncement{}},
		{"POST", admin + "/announcements", Admins, "admin:write", Instance, "", 0, (*server).announce, announcementParams{}, managedAnnouncement{}},
		{"PATCH", admin + "/announcements/{id}", Admins, "admin:write", Instance, "", 0, (*server).changeAnnouncement, announcementParams{}, managedAnnouncement{}},
		{"PUT", admin + "/announcements/{id}", Admins, "admin:write", Instance, "", 0, (*server).changeAnnouncement, announcementParams{}, managedAnnouncement{}},
		{"DELETE", admin + "/announcements/{id}", Admins, "admin:write", Instance, "", 0, (*server).removeAnnouncement, nil, nil},
	}
}

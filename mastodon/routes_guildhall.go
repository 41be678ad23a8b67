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
		{"GET", admin + "/rules", Admins, "admin:read", Instance, "", 0, (*server).instanceRules, nil, []rule{}},
		{"POST", admin + "/rules", Admins, "admin:write", Instance, "", 0, (*server).addRule, ruleParams{}, rule{}},
		{"PATCH", admin + "/rules/{id}", Admins, "admin:write", Instance, "", 0, (*server).changeRule, ruleParams{}, rule{}},
		{"PUT", admin + "/rules/{id}", Admins, "admin:write", Instance, "", 0, (*server).changeRule, ruleParams{}, rule{}},
		{"DELETE", admin + "/rules/{id}", Admins, "admin:write", Instance, "", 0, (*server).removeRule, nil, nil},
		{"GET", admin + "/terms_of_service", Admins, "admin:read", Instance, "", 0, (*server).listTerms, nil, []managedTerms{}},
		{"POST", admin + "/terms_of_service", Admins, "admin:write", Instance, "", 0, (*server).addTerms, termsParams{}, managedTerms{}},
		{"DELETE", admin + "/terms_of_service/{id}", Admins, "admin:write", Instance, "", 0, (*server).removeTerms, nil, nil},
		{"PUT", admin + "/privacy_policy", Admins, "admin:write", Instance, "", 0, (*server).setPrivacyPolicy, documentParams{}, nil},
		{"PATCH", admin + "/privacy_policy", Admins, "admin:write", Instance, "", 0, (*server).setPrivacyPolicy, documentParams{}, nil},
		{"PUT", admin + "/extended_description", Admins, "admin:write", Instance, "", 0, (*server).setExtendedDescription, documentParams{}, nil},
		{"PATCH", admin + "/extended_description", Admins, "admin:write", Instance, "", 0, (*server).setExtendedDescription, documentParams{}, nil},
	}
}

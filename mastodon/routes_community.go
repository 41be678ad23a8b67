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
		{"GET", "/api/v1/accounts/{id}/collections", Anyone, "read:collections", Profiles, "", 0, (*server).collectionsOf, offsetParams{}, collectionsEntity{}},
		{"GET", "/api/v1/accounts/{id}/in_collections", Anyone, "read:collections", Profiles, "", 0, (*server).collectionsWith, offsetParams{}, collectionsEntity{}},
		{"POST", "/api/v1/collections", User, "write:collections", Profiles, "", 0, (*server).createCollection, newCollectionParams{}, wrappedCollection{}},
		{"GET", "/api/v1/collections/{id}", Anyone, "read:collections", Profiles, "", 0, (*server).collection, nil, collectionWithAccounts{}},
		{"PATCH", "/api/v1/collections/{id}", User, "write:collections", Profiles, "", 0, (*server).changeCollection, collectionParams{}, wrappedCollection{}},
		{"PUT", "/api/v1/collections/{id}", User, "write:collections", Profiles, "", 0, (*server).changeCollection, collectionParams{}, wrappedCollection{}},
		{"DELETE", "/api/v1/collections/{id}", User, "write:collections", Profiles, "", 0, (*server).removeCollection, nil, nil},
		{"POST", "/api/v1/collections/{collection_id}/items", User, "write:collections", Profiles, "", 0, (*server).addToCollection, collectedParams{}, wrappedCollectionItem{}},
		{"DELETE", "/api/v1/collections/{collection_id}/items/{id}", User, "write:collections", Profiles, "", 0, (*server).removeFromCollection, nil, nil},
		{"POST", "/api/v1/collections/{collection_id}/items/{id}/revoke", User, "write:collections", Profiles, "", 0, (*server).leaveCollection, nil, nil},
		{"GET", "/api/v1/annual_reports", User, "read:accounts", Instance, "", 0, (*server).annualReports, nil, annualReportsEntity{}},
		{"GET", "/api/v1/annual_reports/{year}", User, "read:accounts", Instance, "", 0, (*server).annualReport, nil, annualReportsEntity{}},
		{"GET", "/api/v1/annual_reports/{year}/state", User, "read:accounts", Instance, "", 0, (*server).annualReportState, nil, annualState{}},
		{"POST", "/api/v1/annual_reports/{year}/generate", User, "write:accounts", Instance, "", 0, (*server).makeAnnualReport, nil, nil},
		{"POST", "/api/v1/annual_reports/{year}/read", User, "write:accounts", Instance, "", 0, (*server).readAnnualReport, nil, nil},
	}
}

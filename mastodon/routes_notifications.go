package mastodon

func notificationRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/notifications", User, "read:notifications", Notifications, "", 0, (*server).listNotifications, notificationsParams{}, []notificationEntity{}},
		{"GET", "/api/v1/notifications/unread_count", User, "read:notifications", Notifications, "", 0, (*server).unreadNotifications, unreadParams{}, countEntity{}},
		{"POST", "/api/v1/notifications/clear", User, "write:notifications", Notifications, "", 0, (*server).clearNotifications, nil, nil},
		{"GET", "/api/v1/notifications/{id}", User, "read:notifications", Notifications, "", 0, (*server).getNotification, nil, notificationEntity{}},
		{"POST", "/api/v1/notifications/{id}/dismiss", User, "write:notifications", Notifications, "", 0, (*server).dismissNotification, nil, nil},
		{"GET", "/api/v2/notifications", User, "read:notifications", Notifications, "", 0, (*server).listGroups, groupsParams{}, groupsAnswer{}},
		{"GET", "/api/v2/notifications/unread_count", User, "read:notifications", Notifications, "", 0, (*server).unreadGroups, unreadGroupsParams{}, countEntity{}},
		{"GET", "/api/v2/notifications/{key}", User, "read:notifications", Notifications, "", 0, (*server).getGroup, nil, groupsAnswer{}},
		{"POST", "/api/v2/notifications/{key}/dismiss", User, "write:notifications", Notifications, "", 0, (*server).dismissGroup, nil, nil},
		{"GET", "/api/v2/notifications/{key}/accounts", User, "read:notifications", Notifications, "", 0, (*server).groupAccounts, pageParams{}, []accountEntity{}},
		{"GET", "/api/v1/markers", User, "read:statuses", Notifications, "", 0, (*server).markers, markersParams{}, map[string]markerEntity{}},
		{"POST", "/api/v1/markers", User, "write:statuses", Notifications, "", 0, (*server).setMarkers, setMarkersParams{}, map[string]markerEntity{}},
	}
}

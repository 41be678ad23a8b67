package mastodon

func notificationRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/notifications", User, "read:notifications", Notifications, "", 0, (*server).listNotifications, notificationsParams{}, []notificationEntity{}},
		{"GET", "/api/v1/notifications/unread_count", User, "read:notifications", Notifications, "", 0, (*server).unreadNotifications, unreadParams{}, countEntity{}},
		{"POST", "/api/v1/notifications/clear", User, "write:notifications", Notifications, "", 0, (*server).clearNotifications, nil, nil},
		{"GET", "/api/v1/notifications/{id}", User, "read:notifications", Notifications, "", 0, (*server).getNotification, supportedParams{}, notificationEntity{}},
		{"POST", "/api/v1/notifications/{id}/dismiss", User, "write:notifications", Notifications, "", 0, (*server).dismissNotification, nil, nil},
		{"DELETE", "/api/v1/notifications/destroy_multiple", User, "write:notifications", Notifications, "", 0, (*server).dismissNotifications, manyParams{}, nil},
		{"DELETE", "/api/v1/notifications/{id}", User, "write:notifications", Notifications, "", 0, (*server).dismissNotification, nil, nil},
		{"GET", "/api/v1/notifications/policy", User, "read:notifications", Notifications, "", 0, (*server).policyV1, nil, policyV1Entity{}},
		{"PUT", "/api/v1/notifications/policy", User, "write:notifications", Notifications, "", 0, (*server).setPolicyV1, policyV1Params{}, policyV1Entity{}},
		{"PATCH", "/api/v1/notifications/policy", User, "write:notifications", Notifications, "", 0, (*server).setPolicyV1, policyV1Params{}, policyV1Entity{}},
		{"GET", "/api/v1/notifications/requests", User, "read:notifications", Notifications, "", 0, (*server).notificationRequests, pageParams{}, []requestEntity{}},
		{"POST", "/api/v1/notifications/requests/accept", User, "write:notifications", Notifications, "", 0, (*server).acceptRequests, idsParams{}, nil},
		{"POST", "/api/v1/notifications/requests/dismiss", User, "write:notifications", Notifications, "", 0, (*server).dismissRequests, idsParams{}, nil},
		{"GET", "/api/v1/notifications/requests/merged", User, "read:notifications", Notifications, "", 0, (*server).mergedRequests, nil, mergedAnswer{}},
		{"GET", "/api/v1/notifications/requests/{id}", User, "read:notifications", Notifications, "", 0, (*server).notificationRequest, nil, requestEntity{}},
		{"POST", "/api/v1/notifications/requests/{id}/accept", User, "write:notifications", Notifications, "", 0, (*server).acceptRequest, nil, nil},
		{"POST", "/api/v1/notifications/requests/{id}/dismiss", User, "write:notifications", Notifications, "", 0, (*server).dismissRequest, nil, nil},
		{"GET", "/api/v2/notifications/policy", User, "read:notifications", Notifications, "", 0, (*server).policy, nil, policyEntity{}},
		{"PATCH", "/api/v2/notifications/policy", User, "write:notifications", Notifications, "", 0, (*server).setPolicy, policyParams{}, policyEntity{}},
		{"PUT", "/api/v2/notifications/policy", User, "write:notifications", Notifications, "", 0, (*server).setPolicy, policyParams{}, policyEntity{}},
		{"POST", "/api/v2/notifications/clear", User, "write:notifications", Notifications, "", 0, (*server).clearNotifications, nil, nil},
		{"GET", "/api/v2/notifications", User, "read:notifications", Notifications, "", 0, (*server).listGroups, groupsParams{}, groupsAnswer{}},
		{"GET", "/api/v2/notifications/unread_count", User, "read:notifications", Notifications, "", 0, (*server).unreadGroups, unreadGroupsParams{}, countEntity{}},
		{"GET", "/api/v2/notifications/{key}", User, "read:notifications", Notifications, "", 0, (*server).getGroup, supportedParams{}, groupsAnswer{}},
		{"POST", "/api/v2/notifications/{key}/dismiss", User, "write:notifications", Notifications, "", 0, (*server).dismissGroup, nil, nil},
		{"GET", "/api/v2/notifications/{key}/accounts", User, "read:notifications", Notifications, "", 0, (*server).groupAccounts, pageParams{}, []accountEntity{}},
		{"GET", "/api/v1/markers", User, "read:statuses", Notifications, "", 0, (*server).markers, markersParams{}, map[string]markerEntity{}},
		{"POST", "/api/v1/markers", User, "write:statuses", Notifications, "", 0, (*server).setMarkers, setMarkersParams{}, map[string]markerEntity{}},
	}
}

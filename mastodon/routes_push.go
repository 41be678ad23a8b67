package mastodon

func pushRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/push/subscription", User, "push", Notifications, "", 0, (*server).pushSubscription, nil, pushEntity{}},
		{"POST", "/api/v1/push/subscription", User, "push", Notifications, "", 0, (*server).subscribePush, pushParams{}, pushEntity{}},
		{"PUT", "/api/v1/push/subscription", User, "push", Notifications, "", 0, (*server).updatePush, pushUpdateParams{}, pushEntity{}},
		{"PATCH", "/api/v1/push/subscription", User, "push", Notifications, "", 0, (*server).updatePush, pushUpdateParams{}, pushEntity{}},
		{"DELETE", "/api/v1/push/subscription", User, "push", Notifications, "", 0, (*server).unsubscribePush, nil, nil},
	}
}

package mastodon

func listRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/lists", User, "read:lists", Posts, "", 0, (*server).lists, nil, []listEntity{}},
		{"POST", "/api/v1/lists", User, "write:lists", Posts, "", 0, (*server).createList, listParams{}, listEntity{}},
		{"GET", "/api/v1/lists/{id}", User, "read:lists", Posts, "", 0, (*server).getList, nil, listEntity{}},
		{"PUT", "/api/v1/lists/{id}", User, "write:lists", Posts, "", 0, (*server).updateList, listParams{}, listEntity{}},
		{"PATCH", "/api/v1/lists/{id}", User, "write:lists", Posts, "", 0, (*server).updateList, listParams{}, listEntity{}},
		{"DELETE", "/api/v1/lists/{id}", User, "write:lists", Posts, "", 0, (*server).deleteList, nil, nil},
		{"GET", "/api/v1/lists/{id}/accounts", User, "read:lists", Posts, "paging", 0, (*server).listMembers, pageParams{}, []accountEntity{}},
		{"POST", "/api/v1/lists/{id}/accounts", User, "write:lists", Posts, "", 0, (*server).addToList, membersParams{}, nil},
		{"DELETE", "/api/v1/lists/{id}/accounts", User, "write:lists", Posts, "", 0, (*server).removeFromList, membersParams{}, nil},
		{"GET", "/api/v1/accounts/{id}/lists", User, "read:lists", Posts, "", 0, (*server).listsWith, nil, []listEntity{}},
		{"GET", "/api/v1/timelines/list/{list_id}", User, "read:lists", Posts, "", 0, (*server).listTimeline, pageParams{}, []statusAnswer{}},
		{"GET", "/api/v1/conversations", User, "read:statuses", Posts, "", 0, (*server).conversations, pageParams{}, []conversationEntity{}},
		{"DELETE", "/api/v1/conversations/{id}", User, "write:conversations", Posts, "", 0, (*server).deleteConversation, nil, nil},
		{"POST", "/api/v1/conversations/{id}/read", User, "write:conversations", Posts, "", 0, (*server).readConversation, nil, conversationEntity{}},
		{"POST", "/api/v1/conversations/{id}/unread", User, "write:conversations", Posts, "", 0, (*server).unreadConversation, nil, conversationEntity{}},
		{"GET", "/api/v1/scheduled_statuses", User, "read:statuses", Posts, "", 0, (*server).scheduledStatuses, pageParams{}, []scheduledEntity{}},
		{"GET", "/api/v1/scheduled_statuses/{id}", User, "read:statuses", Posts, "", 0, (*server).scheduledStatus, nil, scheduledEntity{}},
		{"PUT", "/api/v1/scheduled_statuses/{id}", User, "write:statuses", Posts, "", 0, (*server).reschedule, rescheduleParams{}, scheduledEntity{}},
		{"PATCH", "/api/v1/scheduled_statuses/{id}", User, "write:statuses", Posts, "", 0, (*server).reschedule, rescheduleParams{}, scheduledEntity{}},
		{"DELETE", "/api/v1/scheduled_statuses/{id}", User, "write:statuses", Posts, "", 0, (*server).unschedule, nil, nil},
		{"GET", "/api/v1/timelines/direct", User, "read:statuses", Posts, "", Deprecated, (*server).directTimeline, pageParams{}, []statusAnswer{}},
	}
}

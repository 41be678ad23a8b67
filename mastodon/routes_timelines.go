package mastodon

func timelineRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/timelines/home", User, "read:statuses", Posts, "", 0, (*server).homeTimeline, pageParams{}, []statusAnswer{}},
		{"GET", "/api/v1/timelines/public", Anyone, "read:statuses", Posts, "", 0, (*server).publicTimeline, publicParams{}, []statusAnswer{}},
		{"GET", "/api/v1/timelines/tag/{hashtag}", Anyone, "read:statuses", Posts, "", 0, (*server).tagTimeline, tagParams{}, []statusAnswer{}},
		{"GET", "/api/v1/accounts/{id}/statuses", Anyone, "read:statuses", Posts, "", 0, (*server).accountStatuses, accountStatusesParams{}, []statusAnswer{}},
		{"GET", "/api/v1/favourites", User, "read:favourites", Posts, "paging", 0, (*server).favourites, pageParams{}, []statusAnswer{}},
		{"GET", "/api/v1/bookmarks", User, "read:bookmarks", Posts, "paging", 0, (*server).bookmarks, pageParams{}, []statusAnswer{}},
		{"GET", "/api/oembed", Public, "", Posts, "", 0, (*server).oEmbed, oEmbedParams{}, oEmbedEntity{}},
		{"GET", "/api/v1_alpha/async_refreshes/{id}", User, "read", Instance, "", 0, (*server).asyncRefresh, nil, asyncRefreshFound{}},
		{"GET", "/api/v1/search", User, "read:search", Posts, "", Deprecated, (*server).searchV1, searchParams{}, searchAnswerV1{}},
		{"GET", "/api/v2/search", Anyone, "read:search", Posts, "", 0, (*server).search, searchParams{}, searchAnswer{}},
	}
}

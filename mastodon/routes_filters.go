package mastodon

func filterRoutes() []Route {
	return []Route{
		{"GET", "/api/v2/filters", User, "read:filters", Posts, "", 0, (*server).listFilters, nil, []filterEntity{}},
		{"POST", "/api/v2/filters", User, "write:filters", Posts, "", 0, (*server).createFilter, filterParams{}, filterEntity{}},
		{"GET", "/api/v2/filters/{id}", User, "read:filters", Posts, "", 0, (*server).getFilter, nil, filterEntity{}},
		{"PUT", "/api/v2/filters/{id}", User, "write:filters", Posts, "", 0, (*server).updateFilter, filterParams{}, filterEntity{}},
		{"PATCH", "/api/v2/filters/{id}", User, "write:filters", Posts, "", 0, (*server).updateFilter, filterParams{}, filterEntity{}},
		{"DELETE", "/api/v2/filters/{id}", User, "write:filters", Posts, "", 0, (*server).deleteFilter, nil, nil},
		{"GET", "/api/v2/filters/{filter_id}/keywords", User, "read:filters", Posts, "", Behind, (*server).listKeywords, nil, []keywordEntity{}},
		{"POST", "/api/v2/filters/{filter_id}/keywords", User, "write:filters", Posts, "", 0, (*server).addKeyword, oneKeywordParams{}, keywordEntity{}},
		{"GET", "/api/v2/filters/keywords/{id}", User, "read:filters", Posts, "", 0, (*server).getKeyword, nil, keywordEntity{}},
		{"PUT", "/api/v2/filters/keywords/{id}", User, "write:filters", Posts, "", 0, (*server).updateKeyword, oneKeywordParams{}, keywordEntity{}},
		{"PATCH", "/api/v2/filters/keywords/{id}", User, "write:filters", Posts, "", 0, (*server).updateKeyword, oneKeywordParams{}, keywordEntity{}},
		{"DELETE", "/api/v2/filters/keywords/{id}", User, "write:filters", Posts, "", 0, (*server).deleteKeyword, nil, nil},
		{"GET", "/api/v2/filters/{filter_id}/statuses", User, "read:filters", Posts, "", Behind, (*server).listFilterStatuses, nil, []filterStatusEntity{}},
		{"POST", "/api/v2/filters/{filter_id}/statuses", User, "write:filters", Posts, "", 0, (*server).addFilterStatus, filterStatusParams{}, filterStatusEntity{}},
		{"GET", "/api/v2/filters/statuses/{id}", User, "read:filters", Posts, "", 0, (*server).getFilterStatus, nil, filterStatusEntity{}},
		{"DELETE", "/api/v2/filters/statuses/{id}", User, "write:filters", Posts, "", 0, (*server).deleteFilterStatus, nil, nil},

		{"GET", "/api/v1/filters", User, "read:filters", Posts, "", Deprecated, (*server).listFiltersV1, nil, []filterEntityV1{}},
		{"POST", "/api/v1/filters", User, "write:filters", Posts, "", Deprecated, (*server).createFilterV1, filterParamsV1{}, filterEntityV1{}},
		{"GET", "/api/v1/filters/{id}", User, "read:filters", Posts, "", Deprecated, (*server).getFilterV1, nil, filterEntityV1{}},
		{"PUT", "/api/v1/filters/{id}", User, "write:filters", Posts, "", Deprecated, (*server).updateFilterV1, filterParamsV1{}, filterEntityV1{}},
		{"PATCH", "/api/v1/filters/{id}", User, "write:filters", Posts, "", Deprecated, (*server).updateFilterV1, filterParamsV1{}, filterEntityV1{}},
		{"DELETE", "/api/v1/filters/{id}", User, "write:filters", Posts, "", Deprecated, (*server).deleteFilterV1, nil, nil},
	}
}

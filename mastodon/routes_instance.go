package mastodon

func instanceRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/instance", Public, "", Instance, "", Deprecated, (*server).instanceV1, nil, instanceV1Entity{}},
		{"GET", "/api/v2/instance", Public, "", Instance, "", 0, (*server).instanceV2, nil, instanceV2Entity{}},
		{"GET", "/api/v1/instance/peers", Public, "", Instance, "", 0, (*server).emptyList, nil, []string{}},
		{"GET", "/api/v1/peers/search", Public, "", Instance, "", 0, (*server).emptyList, nil, []string{}},
		{"GET", "/api/v1/instance/activity", Public, "", Instance, "", 0, (*server).instanceActivity, nil, []weekEntity{}},
		{"GET", "/api/v1/instance/rules", Public, "", Instance, "", 0, (*server).instanceRules, nil, []rule{}},
		{"GET", "/api/v1/instance/extended_description", Public, "", Instance, "", 0, (*server).extendedDescription, nil, extendedDescriptionEntity{}},
		{"GET", "/api/v1/instance/privacy_policy", Public, "", Instance, "", 0, (*server).privacyPolicy, nil, extendedDescriptionEntity{}},
		{"GET", "/api/v1/instance/terms_of_service", Public, "", Instance, "", 0, (*server).termsOfService, nil, termsOfServiceEntity{}},
		{"GET", "/api/v1/instance/terms_of_service/{date}", Public, "", Instance, "", 0, (*server).termsOfService, nil, termsOfServiceEntity{}},
		{"GET", "/api/v1/instance/languages", Public, "", Instance, "", 0, (*server).instanceLanguages, nil, []languageEntity{}},
		{"GET", "/api/v1/instance/translation_languages", Public, "", Posts, "", 0, (*server).translationLanguages, nil, map[string][]string{}},
		{"GET", "/.well-known/nodeinfo", Public, "", Instance, "", 0, (*server).nodeinfoLinks, nil, nodeinfoLinksEntity{}},
		{"GET", "/nodeinfo/2.0", Public, "", Instance, "", 0, (*server).nodeinfo20, nil, nodeinfoEntity{}},
		{"GET", "/nodeinfo/2.1", Public, "", Instance, "", 0, (*server).nodeinfo21, nil, nodeinfoEntity{}},
		{"GET", "/.well-known/host-meta", Public, "", Instance, "", Raw, (*server).hostMeta, nil, nil},
		{"GET", "/.well-known/webfinger", Public, "", Instance, "", 0, (*server).webfinger, webfingerParams{}, webfingerEntity{}},
		{"GET", "/health", Public, "", Instance, "", Raw | Unshed, (*server).live, nil, nil},
		{"GET", "/health/live", Public, "", Instance, "", Raw | Unshed, (*server).live, nil, nil},
		{"GET", "/health/ready", Public, "", Instance, "", Raw | Unshed, (*server).ready, nil, nil},
	}
}

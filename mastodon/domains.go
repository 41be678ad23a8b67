package mastodon

import "net/http"

// domainParams name a domain.
type domainParams struct {
	Domain string `param:"domain"`
}

func (s *server) domainBlocks(c *Call) error {
	blocks, err := s.Profiles.DomainBlocks(c.R.Context(), c.Viewer(), c.Page(100, 200))
	if err != nil {
		return err
	}
	list := make([]string, len(blocks))
	for i, b := range blocks {
		list[i] = b.Domain
	}
	if len(blocks) > 0 {
		c.Link(blocks[0].Cursor, blocks[len(blocks)-1].Cursor)
	}
	return c.JSON(http.StatusOK, list)
}

func (s *server) blockDomain(c *Call) error {
	var in domainParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	return c.done(s.Profiles.BlockDomain(c.R.Context(), c.Viewer(), in.Domain))
}

func (s *server) unblockDomain(c *Call) error {
	var in domainParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	return c.done(s.Profiles.UnblockDomain(c.R.Context(), c.Viewer(), in.Domain))
}

// domainPreview is what blocking a domain would end.
type domainPreview struct {
	FollowingCount int `json:"following_count"`
	FollowersCount int `json:"followers_count"`
}

func (s *server) previewDomainBlock(c *Call) (err error) {
	var in domainParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	var p domainPreview
	if p.FollowingCount, p.FollowersCount, err = s.Profiles.FollowsAt(c.R.Context(), c.Viewer(), in.Domain); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, p)
}

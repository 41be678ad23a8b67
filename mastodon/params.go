package mastodon

import "github.com/guildhall/guildhall/internal/ids"

// Parameters that many routes take from the address. A struct of a route's own
// embeds them beside what else it takes.

// limitParams say how much of a list is wanted.
type limitParams struct {
	Limit int `param:"limit"`
}

// pageParams choose a part of a list: what Call.Page reads.
type pageParams struct {
	limitParams
	MaxID   ids.ID `param:"max_id"`
	SinceID ids.ID `param:"since_id"`
	MinID   ids.ID `param:"min_id"`
}

// idsParams name the records that are wanted: what Call.IDs reads as id.
type idsParams struct {
	IDs []ids.ID `param:"id"`
}

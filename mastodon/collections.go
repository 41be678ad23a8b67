package mastodon

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// collectionEntity is Collection of the API.
type collectionEntity struct {
	ID           ids.ID                 `json:"id"`
	AccountID    ids.ID                 `json:"account_id"`
	URI          string                 `json:"uri"`
	URL          *string                `json:"url"` // null: it has no page
	Name         string                 `json:"name"`
	Description  string                 `json:"description"`
	Language     *string                `json:"language"`
	Local        bool                   `json:"local"`
	Sensitive    bool                   `json:"sensitive"`
	Discoverable bool                   `json:"discoverable"`
	Tag          *tagLink               `json:"tag"`
	ItemCount    int                    `json:"item_count"`
	Items        []collectionItemEntity `json:"items"`
	CreatedAt    string                 `json:"created_at"`
	UpdatedAt    string                 `json:"updated_at"`
}

// collectionItemEntity is CollectionItem of the API.
type collectionItemEntity struct {
	ID        ids.ID `json:"id"`
	AccountID ids.ID `json:"account_id"`
	State     string `json:"state" enum:"accepted"`
	CreatedAt string `json:"created_at"`
}

type wrappedCollection struct {
	Collection collectionEntity `json:"collection"`
}

type wrappedCollectionItem struct {
	Item collectionItemEntity `json:"collection_item"`
}

type collectionsEntity struct {
	Collections []collectionEntity `json:"collections"`
}

// collectionWithAccounts has the owner and everybody in the collection.
type collectionWithAccounts struct {
	Accounts   []encoded[accountEntity] `json:"accounts"`
	Collection collectionEntity         `json:"collection"`
}

func collectionItem(i profiles.CollectionItem) collectionItemEntity {
	return collectionItemEntity{ID: i.ID, AccountID: i.AccountID, State: "accepted", CreatedAt: i.ID.Time().Format(timeFormat)}
}

func (s *server) collectionEntity(c *profiles.Collection) collectionEntity {
	e := collectionEntity{ID: c.ID, AccountID: c.AccountID, URI: s.collectionURL(c.ID.String()), Name: c.Name,
		Description: c.Description, Language: orNil(c.Language), Local: true, Sensitive: c.Sensitive, Discoverable: c.Discoverable,
		ItemCount: len(c.Items), Items: make([]collectionItemEntity, len(c.Items)),
		CreatedAt: c.ID.Time().Format(timeFormat), UpdatedAt: c.UpdatedAt.UTC().Format(timeFormat)}
	if c.Tag != "" {
		e.Tag = &tagLink{c.Tag, s.tagURL(c.Tag)}
	}
	for i, item := range c.Items {
		e.Items[i] = collectionItem(item)
	}
	return e
}

// collectionParams are what a collection is made of.
type collectionParams struct {
	Name         *string `param:"name"`
	Description  *string `param:"description"`
	Language     *string `param:"language"`
	TagName      *string `param:"tag_name"`
	Sensitive    *bool   `param:"sensitive"`
	Discoverable *bool   `param:"discoverable"`
}

// newCollectionParams have the first accounts too.
type newCollectionParams struct {
	collectionParams
	AccountIDs []ids.ID `param:"account_ids"`
}

func (p collectionParams) draft() profiles.CollectionDraft {
	return profiles.CollectionDraft{Name: p.Name, Description: p.Description, Language: p.Language, Tag: p.TagName,
		Sensitive: p.Sensitive, Discoverable: p.Discoverable}
}

func (s *server) createCollection(c *Call) error {
	var in newCollectionParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	d := in.draft()
	d.Accounts = in.AccountIDs
	made, err := s.Profiles.CreateCollection(c.R.Context(), c.Viewer(), d)
	return s.answerCollection(c, made, err)
}

func (s *server) changeCollection(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in collectionParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	changed, err := s.Profiles.ChangeCollection(c.R.Context(), c.Viewer(), id, in.draft())
	return s.answerCollection(c, changed, err)
}

// nestedFailure is how Mastodon says what is wrong with a collection; the name
// is always among the details.
type nestedFailure struct {
	Error errorBody `json:"error"`
}

// nests tells whether the route says so what it does not accept.
func (r *Route) nests() bool {
	_, ok := r.Out.(wrappedCollection)
	return ok
}

func nested(body errorBody) nestedFailure {
	if _, ok := (*body.Details)["name"]; !ok {
		(*body.Details)["name"] = []fieldError{}
	}
	return nestedFailure{body}
}

func (s *server) answerCollection(c *Call, made *profiles.Collection, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, wrappedCollection{s.collectionEntity(made)})
}

func (s *server) collection(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	found, err := s.Profiles.Collection(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	want := []ids.ID{found.AccountID}
	for _, item := range found.Items {
		if item.AccountID != found.AccountID {
			want = append(want, item.AccountID)
		}
	}
	accounts, err := s.accountsJSON(c.R.Context(), want)
	if err != nil {
		return err
	}
	e := collectionWithAccounts{Accounts: []encoded[accountEntity]{}, Collection: s.collectionEntity(found)}
	for _, id := range want {
		if body := accounts[id]; body != nil {
			e.Accounts = append(e.Accounts, body)
		}
	}
	return c.JSON(http.StatusOK, e)
}

func (s *server) removeCollection(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return c.done(s.Profiles.RemoveCollection(c.R.Context(), c.Viewer(), id))
}

// collectedParams name the account that comes into a collection.
type collectedParams struct {
	AccountID ids.ID `param:"account_id"`
}

func (s *server) addToCollection(c *Call) error {
	id, err := c.PathID("collection_id")
	if err != nil {
		return err
	}
	var in collectedParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if in.AccountID == 0 {
		return errs.New(errs.Invalid, "`account_id` parameter is missing")
	}
	item, err := s.Profiles.AddToCollection(c.R.Context(), c.Viewer(), id, in.AccountID)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, wrappedCollectionItem{collectionItem(*item)})
}

func (s *server) removeFromCollection(c *Call) error {
	return c.onCollectionItem(s.Profiles.RemoveFromCollection)
}

func (s *server) leaveCollection(c *Call) error {
	return c.onCollectionItem(s.Profiles.LeaveCollection)
}

// onCollectionItem does something about the item of the path.
func (c *Call) onCollectionItem(do func(ctx context.Context, me, collection, item ids.ID) error) error {
	id, err := c.PathID("collection_id")
	if err != nil {
		return err
	}
	item, err := c.PathID("id")
	if err != nil {
		return err
	}
	return c.done(do(c.R.Context(), c.Viewer(), id, item))
}

func (s *server) collectionsOf(c *Call) error {
	return s.listCollections(c, s.Profiles.CollectionsOf)
}

func (s *server) collectionsWith(c *Call) error {
	return s.listCollections(c, s.Profiles.CollectionsWith)
}

// listCollections answers with what list returns for the account of the path.
func (s *server) listCollections(c *Call, list func(context.Context, ids.ID, ids.ID, int, int) ([]*profiles.Collection, error)) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	limit, offset := c.Int("limit", 40, 1, 80), c.offset()
	found, err := list(c.R.Context(), c.Viewer(), id, limit, offset)
	if err != nil {
		return err
	}
	e := collectionsEntity{make([]collectionEntity, len(found))}
	for i, one := range found {
		e.Collections[i] = s.collectionEntity(one)
	}
	var links []string
	part := func(rel string, offset int) {
		links = append(links, "<"+s.config.BaseURL+"/"+strings.TrimPrefix(c.R.URL.EscapedPath(), "/")+"?limit="+strconv.Itoa(limit)+
			"&offset="+strconv.Itoa(offset)+`>; rel="`+rel+`"`)
	}
	if len(found) == limit {
		part("next", offset+limit)
	}
	if offset > 0 {
		part("prev", max(offset-limit, 0))
	}
	if links != nil {
		c.W.Header().Set("Link", strings.Join(links, ", "))
	}
	return c.JSON(http.StatusOK, e)
}

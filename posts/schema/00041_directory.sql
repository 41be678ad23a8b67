-- +goose Up
-- The directory's order by activity.
CREATE INDEX posts_authors_active ON posts_authors (last_at, account_id);

-- +goose Down
DROP INDEX posts_authors_active;

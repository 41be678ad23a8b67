-- Links whose page nobody has tried to read to the end yet.

-- +goose Up
CREATE INDEX posts_links_waiting ON posts_links (tried_at) WHERE fetched_at = 0 AND failures = 0;

-- +goose Down
DROP INDEX posts_links_waiting;

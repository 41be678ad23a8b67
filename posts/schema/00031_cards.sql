-- Links in posts, and what the pages behind them say of themselves. Of a post
-- the first link counts. Times are Unix milliseconds, 0: never.

-- +goose Up
CREATE TABLE posts_links (
    id INTEGER PRIMARY KEY,
    -- as posts have it, normalized; at most 2,048 bytes
    url TEXT NOT NULL UNIQUE,
    -- when the page was last read; 0: there is nothing to show yet
    fetched_at BIGINT NOT NULL DEFAULT 0,
    -- when that was last tried, and how often in a row in vain
    tried_at BIGINT NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    title TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    author_name TEXT NOT NULL DEFAULT '',
    author_url TEXT NOT NULL DEFAULT '',
    -- the account that the page names as its author; 0: none
    author_id BIGINT NOT NULL DEFAULT 0,
    provider_name TEXT NOT NULL DEFAULT '',
    provider_url TEXT NOT NULL DEFAULT '',
    published_at BIGINT NOT NULL DEFAULT 0,
    -- the picture in the blob store; empty: none
    image_key TEXT NOT NULL DEFAULT '',
    image_width INTEGER NOT NULL DEFAULT 0,
    image_height INTEGER NOT NULL DEFAULT 0,
    image_blurhash TEXT NOT NULL DEFAULT '',
    image_alt TEXT NOT NULL DEFAULT ''
);
CREATE INDEX posts_links_image ON posts_links (image_key) WHERE image_key <> '';

-- The link of a post. Ids of posts rise with time: the uses of a day are a range.
CREATE TABLE posts_link_uses (
    post_id INTEGER PRIMARY KEY REFERENCES posts_posts (id) ON DELETE CASCADE,
    link_id BIGINT NOT NULL REFERENCES posts_links (id)
);
CREATE INDEX posts_link_uses_link ON posts_link_uses (link_id, post_id);

-- +goose Down
DROP TABLE posts_link_uses;
DROP TABLE posts_links;

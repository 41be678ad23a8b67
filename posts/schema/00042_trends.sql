-- What is much talked about: counts of the last days, and what moderators have
-- decided. kind is 0 for a hashtag, 1 for a link, 2 for a post, 3 for the site
-- that links lead to; day is counted from 1970 (UTC).

-- +goose Up
-- The uses that are counted in posts_trend_days: of public posts.
CREATE TABLE posts_trend_uses (
    kind SMALLINT NOT NULL,
    object_id BIGINT NOT NULL,
    day INTEGER NOT NULL,
    account_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL,
    -- may make its object trend: not sensitive, by an author who wants to be discovered
    eligible BOOLEAN NOT NULL,
    PRIMARY KEY (kind, object_id, day, account_id, post_id)
) WITHOUT ROWID;
CREATE INDEX posts_trend_uses_post ON posts_trend_uses (post_id);

CREATE TABLE posts_trend_days (
    kind SMALLINT NOT NULL,
    object_id BIGINT NOT NULL,
    day INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    accounts INTEGER NOT NULL,
    -- accounts with eligible uses
    eligible INTEGER NOT NULL,
    PRIMARY KEY (kind, object_id, day)
) WITHOUT ROWID;
CREATE INDEX posts_trend_days_most ON posts_trend_days (kind, day, eligible, object_id);

-- Posts that enough people like or boost. The rank falls behind that of newer
-- posts by itself, see trendscore.go.
CREATE TABLE posts_trend_posts (
    post_id INTEGER PRIMARY KEY REFERENCES posts_posts (id) ON DELETE CASCADE,
    rank BIGINT NOT NULL
);
CREATE INDEX posts_trend_posts_rank ON posts_trend_posts (rank, post_id);

-- Sites that links lead to.
CREATE TABLE posts_link_hosts (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL UNIQUE
);

CREATE TABLE posts_trend_reviews (
    kind SMALLINT NOT NULL,
    object_id BIGINT NOT NULL,
    allowed BOOLEAN NOT NULL,
    reviewed_at BIGINT NOT NULL,
    PRIMARY KEY (kind, object_id)
) WITHOUT ROWID;

-- Hashtags that may not be used, or not be found.
CREATE TABLE posts_tag_rules (
    tag_id INTEGER PRIMARY KEY REFERENCES posts_tags_names (id),
    usable BOOLEAN NOT NULL,
    listable BOOLEAN NOT NULL
);

-- One row: whoever counts holds it, so that nodes take turns. made tells
-- whether the days before this table came are counted.
CREATE TABLE posts_trend_turn (
    id INTEGER PRIMARY KEY,
    made BOOLEAN NOT NULL
);
INSERT INTO posts_trend_turn (id, made) VALUES (1, FALSE);

-- +goose Down
DROP TABLE posts_trend_turn;
DROP TABLE posts_tag_rules;
DROP TABLE posts_trend_reviews;
DROP TABLE posts_link_hosts;
DROP TABLE posts_trend_posts;
DROP TABLE posts_trend_days;
DROP TABLE posts_trend_uses;

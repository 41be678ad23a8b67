-- What people do not want to read. Times are Unix milliseconds, 0 means never.

-- +goose Up
CREATE TABLE posts_filters (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    -- where it is applied, a bit for each: 1 home, 2 notifications, 4 public, 8 thread, 16 account
    contexts SMALLINT NOT NULL,
    -- 0 warn, 1 hide, 2 blur
    action SMALLINT NOT NULL,
    expires_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX posts_filters_account ON posts_filters (account_id, id);

CREATE TABLE posts_filters_keywords (
    id INTEGER PRIMARY KEY,
    filter_id BIGINT NOT NULL REFERENCES posts_filters (id) ON DELETE CASCADE,
    keyword TEXT NOT NULL,
    whole_word BOOLEAN NOT NULL
);
CREATE INDEX posts_filters_keywords_filter ON posts_filters_keywords (filter_id, id);

CREATE TABLE posts_filters_statuses (
    id INTEGER PRIMARY KEY,
    filter_id BIGINT NOT NULL REFERENCES posts_filters (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL REFERENCES posts_posts (id) ON DELETE CASCADE,
    UNIQUE (filter_id, post_id)
);
CREATE INDEX posts_filters_statuses_post ON posts_filters_statuses (post_id);

-- +goose Down
DROP TABLE posts_filters_statuses;
DROP TABLE posts_filters_keywords;
DROP TABLE posts_filters;

-- The full-text index of posts.

-- +goose Up
CREATE TABLE posts_search (
    post_id BIGINT PRIMARY KEY,
    tsv TSVECTOR NOT NULL
);
CREATE INDEX posts_search_tsv ON posts_search USING GIN (tsv);

-- +goose Down
DROP TABLE posts_search;

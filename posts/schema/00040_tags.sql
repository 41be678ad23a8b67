-- Hashtags that accounts follow and show on their profiles, and how often each
-- author has used each.

-- +goose Up
-- id is the cursor of the list.
CREATE TABLE posts_tag_follows (
    account_id BIGINT NOT NULL,
    tag_id BIGINT NOT NULL REFERENCES posts_tags_names (id),
    id BIGINT NOT NULL,
    PRIMARY KEY (account_id, tag_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX posts_tag_follows_list ON posts_tag_follows (account_id, id);

CREATE TABLE posts_tag_features (
    account_id BIGINT NOT NULL,
    tag_id BIGINT NOT NULL REFERENCES posts_tags_names (id),
    id BIGINT NOT NULL,
    PRIMARY KEY (account_id, tag_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX posts_tag_features_list ON posts_tag_features (account_id, id);

-- Kept counts of an author's public and unlisted posts with a tag. There is no
-- row for none.
CREATE TABLE posts_tag_authors (
    account_id BIGINT NOT NULL,
    tag_id BIGINT NOT NULL REFERENCES posts_tags_names (id),
    posts INTEGER NOT NULL,
    -- of these, those that everybody finds
    public_posts INTEGER NOT NULL,
    -- the newest post that was counted
    last_id BIGINT NOT NULL,
    PRIMARY KEY (account_id, tag_id)
) WITHOUT ROWID;
CREATE INDEX posts_tag_authors_most ON posts_tag_authors (account_id, posts, tag_id);
-- Which tags are used in public at all.
CREATE INDEX posts_tag_authors_public ON posts_tag_authors (tag_id) WHERE public_posts > 0;

INSERT INTO posts_tag_authors (account_id, tag_id, posts, public_posts, last_id)
SELECT p.account_id, t.tag_id, COUNT(*), SUM(CASE WHEN p.visibility = 0 THEN 1 ELSE 0 END), MAX(t.post_id)
FROM posts_tags t JOIN posts_posts p ON p.id = t.post_id WHERE p.visibility <= 1 GROUP BY p.account_id, t.tag_id;

-- +goose Down
DROP TABLE posts_tag_authors;
DROP TABLE posts_tag_features;
DROP TABLE posts_tag_follows;

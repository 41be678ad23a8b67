-- What happened on each day (counted from 1970, UTC), as it was then: what is
-- deleted later stays counted. Direct posts are in none of it.

-- +goose Up
CREATE TABLE posts_days (
    day INTEGER PRIMARY KEY,
    posts BIGINT NOT NULL,
    -- of these, answers to others
    replies BIGINT NOT NULL,
    boosts BIGINT NOT NULL,
    favourites BIGINT NOT NULL
);

-- Uses of hashtags by public posts.
CREATE TABLE posts_tag_days (
    tag_id BIGINT NOT NULL REFERENCES posts_tags_names (id),
    day BIGINT NOT NULL,
    language TEXT NOT NULL,
    uses BIGINT NOT NULL,
    PRIMARY KEY (tag_id, day, language)
) WITHOUT ROWID;

-- Their authors on a day, by the day on which they had used the hashtag before
-- (0: never): so the different ones of any span are those who had not since it
-- began.
CREATE TABLE posts_tag_day_authors (
    tag_id BIGINT NOT NULL REFERENCES posts_tags_names (id),
    day BIGINT NOT NULL,
    prior_day BIGINT NOT NULL,
    authors BIGINT NOT NULL,
    PRIMARY KEY (tag_id, day, prior_day)
) WITHOUT ROWID;

-- The last day on which the author was counted there.
ALTER TABLE posts_tag_authors ADD COLUMN counted_day BIGINT NOT NULL DEFAULT 0;

-- One row: up to which event the days are counted.
CREATE TABLE posts_days_turn (
    id INTEGER PRIMARY KEY,
    event_id BIGINT NOT NULL
);
INSERT INTO posts_days_turn (id, event_id) SELECT 1, COALESCE(MAX(id), 0) FROM posts_outbox;

-- What there is already. An id holds its time: milliseconds since 2020.
INSERT INTO posts_days (day, posts, replies, boosts, favourites)
SELECT day, SUM(posts), SUM(replies), SUM(boosts), SUM(favourites) FROM (
    SELECT ((id >> 22) + 1577836800000) / 86400000 AS day,
        CASE WHEN boost_of_id = 0 THEN 1 ELSE 0 END AS posts,
        CASE WHEN in_reply_to_account_id NOT IN (0, account_id) THEN 1 ELSE 0 END AS replies,
        CASE WHEN boost_of_id <> 0 THEN 1 ELSE 0 END AS boosts,
        0 AS favourites
    FROM posts_posts WHERE visibility < 3
    UNION ALL
    SELECT ((id >> 22) + 1577836800000) / 86400000, 0, 0, 0, 1 FROM posts_favourites
) AS deeds GROUP BY day;

INSERT INTO posts_tag_days (tag_id, day, language, uses)
SELECT t.tag_id, ((p.id >> 22) + 1577836800000) / 86400000, p.language, COUNT(*) FROM posts_tags t JOIN posts_posts p ON p.id = t.post_id
WHERE p.visibility = 0 GROUP BY t.tag_id, ((p.id >> 22) + 1577836800000) / 86400000, p.language;

INSERT INTO posts_tag_day_authors (tag_id, day, prior_day, authors)
SELECT tag_id, day, prior_day, COUNT(*) FROM (
    SELECT tag_id, day, COALESCE(LAG(day) OVER (PARTITION BY tag_id, account_id ORDER BY day), 0) AS prior_day FROM (
        SELECT DISTINCT t.tag_id, p.account_id, ((p.id >> 22) + 1577836800000) / 86400000 AS day
        FROM posts_tags t JOIN posts_posts p ON p.id = t.post_id WHERE p.visibility = 0
    ) AS uses
) AS authors GROUP BY tag_id, day, prior_day;

UPDATE posts_tag_authors SET counted_day = COALESCE((SELECT MAX(((p.id >> 22) + 1577836800000) / 86400000) FROM posts_tags t
    JOIN posts_posts p ON p.id = t.post_id
    WHERE t.tag_id = posts_tag_authors.tag_id AND p.account_id = posts_tag_authors.account_id AND p.visibility = 0), 0)
WHERE public_posts > 0;

-- +goose Down
DROP TABLE posts_days_turn;
ALTER TABLE posts_tag_authors DROP COLUMN counted_day;
DROP TABLE posts_tag_day_authors;
DROP TABLE posts_tag_days;
DROP TABLE posts_days;

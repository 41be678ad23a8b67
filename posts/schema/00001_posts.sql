-- Posts, what hangs on them, and what viewers have done with them. 0 means
-- none wherever a row of another table or room may be missing; times are Unix
-- milliseconds. Children of a post go with it: deleting the row of posts_posts
-- is enough, except for boosts, images, idempotency keys and kept counts.

-- +goose Up
CREATE TABLE posts_posts (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    uri TEXT NOT NULL DEFAULT '',
    in_reply_to_id BIGINT NOT NULL DEFAULT 0,
    in_reply_to_account_id BIGINT NOT NULL DEFAULT 0,
    -- the first post of the conversation, its own id for that one; 0 for boosts
    thread_id BIGINT NOT NULL DEFAULT 0,
    boost_of_id BIGINT NOT NULL DEFAULT 0,
    visibility SMALLINT NOT NULL,
    language TEXT NOT NULL DEFAULT '',
    spoiler TEXT NOT NULL DEFAULT '',
    sensitive BOOLEAN NOT NULL DEFAULT FALSE,
    text TEXT NOT NULL DEFAULT '',
    content TEXT NOT NULL DEFAULT '',
    edited_at BIGINT NOT NULL DEFAULT 0,
    poll_id BIGINT NOT NULL DEFAULT 0,
    app_id BIGINT NOT NULL DEFAULT 0,
    -- belongs into public timelines: public, no boost, not an answer to another person
    in_public BOOLEAN NOT NULL DEFAULT FALSE
);
-- The columns after id let feeds be built from the index alone.
CREATE INDEX posts_posts_account ON posts_posts (account_id, id, boost_of_id, in_reply_to_account_id, visibility);
CREATE INDEX posts_posts_public ON posts_posts (id) WHERE in_public;
CREATE INDEX posts_posts_remote ON posts_posts (id) WHERE in_public AND uri <> '';
CREATE INDEX posts_posts_replies ON posts_posts (in_reply_to_id) WHERE in_reply_to_id <> 0;
CREATE UNIQUE INDEX posts_posts_boosts ON posts_posts (boost_of_id, account_id) WHERE boost_of_id <> 0;
CREATE INDEX posts_posts_boosted ON posts_posts (boost_of_id, id) WHERE boost_of_id <> 0;
CREATE INDEX posts_posts_thread ON posts_posts (thread_id, id, in_reply_to_id) WHERE thread_id <> 0;

CREATE TABLE posts_mentions (
    post_id BIGINT NOT NULL REFERENCES posts_posts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (post_id, account_id)
) WITHOUT ROWID;
CREATE INDEX posts_mentions_account ON posts_mentions (account_id, post_id);

CREATE TABLE posts_tags_names (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE posts_tags (
    tag_id BIGINT NOT NULL REFERENCES posts_tags_names (id),
    post_id BIGINT NOT NULL REFERENCES posts_posts (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (tag_id, post_id)
) WITHOUT ROWID;
CREATE INDEX posts_tags_post ON posts_tags (post_id);

CREATE TABLE posts_media (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    -- 0: not posted yet
    post_id BIGINT NOT NULL DEFAULT 0,
    -- 0, 1, … in the post; -1: only earlier versions of the post show it; -2: its
    -- post was deleted and its files are still to be found where they were
    position INTEGER NOT NULL DEFAULT 0,
    -- when its post was deleted; 0: never
    detached_at BIGINT NOT NULL DEFAULT 0,
    description TEXT NOT NULL DEFAULT '',
    focus_x DOUBLE PRECISION NOT NULL DEFAULT 0,
    focus_y DOUBLE PRECISION NOT NULL DEFAULT 0,
    blurhash TEXT NOT NULL DEFAULT '',
    original_key TEXT NOT NULL,
    original_width INTEGER NOT NULL,
    original_height INTEGER NOT NULL,
    small_key TEXT NOT NULL,
    small_width INTEGER NOT NULL,
    small_height INTEGER NOT NULL
);
CREATE INDEX posts_media_post ON posts_media (post_id, position);
-- One row a post that shows images: the media timelines.
CREATE INDEX posts_media_first ON posts_media (post_id) WHERE position = 0 AND post_id <> 0;
CREATE INDEX posts_media_account ON posts_media (account_id, post_id, position);
CREATE INDEX posts_media_waiting ON posts_media (id) WHERE post_id = 0;
CREATE INDEX posts_media_original ON posts_media (original_key);
CREATE INDEX posts_media_small ON posts_media (small_key);

CREATE TABLE posts_polls (
    id INTEGER PRIMARY KEY,
    post_id BIGINT NOT NULL UNIQUE REFERENCES posts_posts (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL DEFAULT 0,
    multiple BOOLEAN NOT NULL DEFAULT FALSE,
    hide_votes BOOLEAN NOT NULL DEFAULT FALSE,
    voters INTEGER NOT NULL DEFAULT 0,
    -- its end has been told
    ended BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX posts_polls_open ON posts_polls (expires_at) WHERE NOT ended AND expires_at <> 0;

CREATE TABLE posts_poll_options (
    poll_id BIGINT NOT NULL REFERENCES posts_polls (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    -- kept count
    votes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (poll_id, position)
) WITHOUT ROWID;

CREATE TABLE posts_poll_votes (
    poll_id BIGINT NOT NULL REFERENCES posts_polls (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (poll_id, account_id, position)
) WITHOUT ROWID;

-- Kept counts of a post; a missing row is all zero.
CREATE TABLE posts_stats (
    post_id INTEGER PRIMARY KEY REFERENCES posts_posts (id) ON DELETE CASCADE,
    replies INTEGER NOT NULL DEFAULT 0,
    boosts INTEGER NOT NULL DEFAULT 0,
    favourites INTEGER NOT NULL DEFAULT 0
);

-- Kept counts of an author; boosts count as posts.
CREATE TABLE posts_authors (
    account_id INTEGER PRIMARY KEY,
    posts INTEGER NOT NULL DEFAULT 0,
    last_at BIGINT NOT NULL DEFAULT 0
);

-- In the next three, id is the cursor of the list and rises with time.
CREATE TABLE posts_favourites (
    account_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts_posts (id) ON DELETE CASCADE,
    id BIGINT NOT NULL,
    PRIMARY KEY (account_id, post_id)
) WITHOUT ROWID;
CREATE INDEX posts_favourites_list ON posts_favourites (account_id, id);
CREATE INDEX posts_favourites_post ON posts_favourites (post_id, id);

CREATE TABLE posts_bookmarks (
    account_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts_posts (id) ON DELETE CASCADE,
    id BIGINT NOT NULL,
    PRIMARY KEY (account_id, post_id)
) WITHOUT ROWID;
CREATE INDEX posts_bookmarks_list ON posts_bookmarks (account_id, id);
CREATE INDEX posts_bookmarks_post ON posts_bookmarks (post_id);

CREATE TABLE posts_pins (
    account_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts_posts (id) ON DELETE CASCADE,
    id BIGINT NOT NULL,
    PRIMARY KEY (account_id, post_id)
) WITHOUT ROWID;
CREATE INDEX posts_pins_list ON posts_pins (account_id, id);
CREATE INDEX posts_pins_post ON posts_pins (post_id);

CREATE TABLE posts_thread_mutes (
    account_id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    PRIMARY KEY (account_id, thread_id)
) WITHOUT ROWID;

-- Versions of an edited post, the first one included, the present one not.
CREATE TABLE posts_edits (
    id INTEGER PRIMARY KEY,
    post_id BIGINT NOT NULL REFERENCES posts_posts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    text TEXT NOT NULL,
    content TEXT NOT NULL,
    spoiler TEXT NOT NULL,
    sensitive BOOLEAN NOT NULL
);
CREATE INDEX posts_edits_post ON posts_edits (post_id, id);

CREATE TABLE posts_edits_media (
    edit_id BIGINT NOT NULL REFERENCES posts_edits (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    media_id BIGINT NOT NULL,
    description TEXT NOT NULL,
    focus_x DOUBLE PRECISION NOT NULL,
    focus_y DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (edit_id, position)
) WITHOUT ROWID;

CREATE TABLE posts_edits_options (
    edit_id BIGINT NOT NULL REFERENCES posts_edits (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (edit_id, position)
) WITHOUT ROWID;

CREATE TABLE posts_idempotency (
    account_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    post_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;
CREATE INDEX posts_idempotency_age ON posts_idempotency (created_at);

CREATE TABLE posts_outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    data BLOB NOT NULL
);

-- +goose Down
DROP TABLE posts_outbox;
DROP TABLE posts_idempotency;
DROP TABLE posts_edits_options;
DROP TABLE posts_edits_media;
DROP TABLE posts_edits;
DROP TABLE posts_thread_mutes;
DROP TABLE posts_pins;
DROP TABLE posts_bookmarks;
DROP TABLE posts_favourites;
DROP TABLE posts_authors;
DROP TABLE posts_stats;
DROP TABLE posts_poll_votes;
DROP TABLE posts_poll_options;
DROP TABLE posts_polls;
DROP TABLE posts_media;
DROP TABLE posts_tags;
DROP TABLE posts_tags_names;
DROP TABLE posts_mentions;
DROP TABLE posts_posts;

-- Posts that wait for their time. Times are Unix milliseconds.

-- +goose Up
CREATE TABLE posts_scheduled (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- when to publish or, after a failure of ours, to try again
    due_at BIGINT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    key TEXT NOT NULL DEFAULT '', -- digest of the Idempotency-Key
    text TEXT NOT NULL,
    spoiler TEXT NOT NULL,
    sensitive SMALLINT NOT NULL, -- -1: the author's default
    visibility SMALLINT NOT NULL, -- -1: the author's default
    language TEXT NOT NULL,
    in_reply_to_id BIGINT NOT NULL,
    quote_of_id BIGINT NOT NULL,
    quote_policy SMALLINT NOT NULL, -- -1: the author's default
    app_id BIGINT NOT NULL,
    poll_seconds BIGINT NOT NULL, -- 0: no poll
    poll_multiple BOOLEAN NOT NULL,
    poll_hide_votes BOOLEAN NOT NULL
);
CREATE INDEX posts_scheduled_account ON posts_scheduled (account_id, id);
CREATE INDEX posts_scheduled_day ON posts_scheduled (account_id, at);
CREATE INDEX posts_scheduled_due ON posts_scheduled (due_at);

CREATE TABLE posts_scheduled_options (
    scheduled_id BIGINT NOT NULL REFERENCES posts_scheduled (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (scheduled_id, position)
) WITHOUT ROWID;

-- the scheduled post that an image waits for; 0: none
ALTER TABLE posts_media ADD COLUMN scheduled_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX posts_media_scheduled ON posts_media (scheduled_id, position) WHERE scheduled_id <> 0;

-- +goose Down
DROP INDEX posts_media_scheduled;
ALTER TABLE posts_media DROP COLUMN scheduled_id;
DROP TABLE posts_scheduled_options;
DROP TABLE posts_scheduled;

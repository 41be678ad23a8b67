-- The room moderation. Times are Unix milliseconds.

-- +goose Up
CREATE TABLE moderation_outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    data BLOB NOT NULL
);

-- +goose Down
DROP TABLE moderation_outbox;

-- The room instance. Times are Unix milliseconds.

-- +goose Up
CREATE TABLE instance_outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    data BLOB NOT NULL
);

-- +goose Down
DROP TABLE instance_outbox;

-- Receipts: what the server certifies, word for word as it was signed; and the
-- keys that it signs with. The newest key signs, all are published.

-- +goose Up
CREATE TABLE practice_keys (
    number INTEGER PRIMARY KEY,    -- from 1 on
    public BLOB NOT NULL,          -- Ed25519, 32 bytes
    private BLOB NOT NULL,         -- its seed, sealed
    made_at BIGINT NOT NULL
);

CREATE TABLE practice_receipts (
    id INTEGER PRIMARY KEY,        -- says when
    account_id BIGINT NOT NULL,
    kind TEXT NOT NULL,            -- lab or card
    attempt_id BIGINT NOT NULL,    -- of that kind
    token TEXT NOT NULL,
    shown BOOLEAN NOT NULL,        -- to everybody
    UNIQUE (attempt_id, kind)
);
CREATE INDEX practice_receipts_account ON practice_receipts (account_id, id);
CREATE INDEX practice_receipts_shown ON practice_receipts (account_id, id) WHERE shown;

-- +goose Down
DROP TABLE practice_receipts;
DROP TABLE practice_keys;

-- Mock interviews: two members ask each other one card each. What happens in one
-- is a log that only grows; its order is the server's.

-- +goose Up
CREATE TABLE practice_mocks (
    id INTEGER PRIMARY KEY,
    state BIGINT NOT NULL,         -- see MockState
    named BOOLEAN NOT NULL,        -- proposed to one member, not to everyone
    role TEXT NOT NULL,
    level TEXT NOT NULL,
    note TEXT NOT NULL,
    minutes BIGINT NOT NULL,       -- of a round
    starts_at BIGINT NOT NULL,     -- the slot that was accepted; 0: none
    phase_ends BIGINT NOT NULL,    -- 0: the phase has no end
    wake_at BIGINT NOT NULL,       -- when it goes on without anybody; 0: never
    told_soon BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,      -- of the entry in a calendar
    seq BIGINT NOT NULL,           -- of the last event
    card1 TEXT NOT NULL,           -- hash of the card of round 1; empty: none
    card2 TEXT NOT NULL,
    candidate_patches BIGINT NOT NULL,   -- to the pane in this round
    candidate_length BIGINT NOT NULL,    -- of the pane, in characters
    interviewer_patches BIGINT NOT NULL,
    interviewer_length BIGINT NOT NULL
);
CREATE INDEX practice_mocks_wake ON practice_mocks (wake_at) WHERE wake_at > 0;
CREATE INDEX practice_mocks_open ON practice_mocks (id) WHERE state = 0 AND NOT named;

-- side 0 has proposed it, side 1 was asked or has accepted; who is gone has no row
CREATE TABLE practice_mock_members (
    mock_id BIGINT NOT NULL REFERENCES practice_mocks (id) ON DELETE CASCADE,
    side BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    entered BOOLEAN NOT NULL,
    PRIMARY KEY (mock_id, side)
) WITHOUT ROWID;
CREATE UNIQUE INDEX practice_mock_members_account ON practice_mock_members (account_id, mock_id);

CREATE TABLE practice_mock_slots (
    mock_id BIGINT NOT NULL REFERENCES practice_mocks (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (mock_id, at)
) WITHOUT ROWID;

CREATE TABLE practice_mock_events (
    mock_id BIGINT NOT NULL REFERENCES practice_mocks (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL,    -- 0: the server, or somebody who is gone
    type TEXT NOT NULL,
    data TEXT NOT NULL,            -- JSON; empty: gone with who wrote it
    key TEXT NOT NULL,             -- by which a retry is known; empty: none
    digest TEXT NOT NULL,          -- of what was sent with the key
    PRIMARY KEY (mock_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX practice_mock_events_key ON practice_mock_events (mock_id, account_id, key) WHERE key <> '';
CREATE INDEX practice_mock_events_account ON practice_mock_events (account_id, mock_id) WHERE account_id <> 0;

-- what the interviewer of a round found in the candidate's answer
CREATE TABLE practice_mock_reviews (
    mock_id BIGINT NOT NULL REFERENCES practice_mocks (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,    -- who looked
    at BIGINT NOT NULL,
    score BIGINT NOT NULL,         -- percent of the weights; -1: no card was asked
    note TEXT NOT NULL,
    strength TEXT NOT NULL,
    improve TEXT NOT NULL,
    PRIMARY KEY (mock_id, account_id)
) WITHOUT ROWID;
CREATE INDEX practice_mock_reviews_account ON practice_mock_reviews (account_id, mock_id);

CREATE TABLE practice_mock_marks (
    mock_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    point TEXT NOT NULL,
    mark BIGINT NOT NULL,          -- 0 no, 1 partly, 2 yes
    note TEXT NOT NULL,
    PRIMARY KEY (mock_id, account_id, point),
    FOREIGN KEY (mock_id, account_id) REFERENCES practice_mock_reviews (mock_id, account_id) ON DELETE CASCADE
) WITHOUT ROWID;

-- +goose Down
DROP TABLE practice_mock_marks;
DROP TABLE practice_mock_reviews;
DROP TABLE practice_mock_events;
DROP TABLE practice_mock_slots;
DROP TABLE practice_mock_members;
DROP TABLE practice_mocks;

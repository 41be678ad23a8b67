-- The room practice. Times are Unix milliseconds. A card's version is named by
-- the hash of its file, so that an attempt always shows what was answered.

-- +goose Up
CREATE TABLE practice_outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    data BLOB NOT NULL
);

CREATE TABLE practice_decks (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    source TEXT NOT NULL,          -- bundled, or where it came from
    revision TEXT NOT NULL,        -- the commit that it was read at; empty: none
    description BLOB NOT NULL,     -- deck.yaml
    imported_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE practice_versions (
    hash TEXT PRIMARY KEY,
    deck_id TEXT NOT NULL,
    card_id TEXT NOT NULL,
    source BLOB NOT NULL           -- the file
) WITHOUT ROWID;

-- the cards of a deck as it is now
CREATE TABLE practice_cards (
    deck_id TEXT NOT NULL REFERENCES practice_decks (id) ON DELETE CASCADE,
    card_id TEXT NOT NULL,
    hash TEXT NOT NULL REFERENCES practice_versions (hash),
    PRIMARY KEY (deck_id, card_id)
) WITHOUT ROWID;

CREATE TABLE practice_plans (
    account_id INTEGER PRIMARY KEY,
    role TEXT NOT NULL,
    level TEXT NOT NULL,
    interview_at BIGINT NOT NULL,  -- 0: no day is set
    minutes BIGINT NOT NULL,       -- of a session
    remind BOOLEAN NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE practice_sessions (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    ended_at BIGINT NOT NULL       -- 0: goes on
);
CREATE INDEX practice_sessions_account ON practice_sessions (account_id, id);

CREATE TABLE practice_session_cards (
    session_id BIGINT NOT NULL REFERENCES practice_sessions (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    hash TEXT NOT NULL,
    reason BIGINT NOT NULL,        -- why it was drawn: see Reason
    attempt_id BIGINT NOT NULL,    -- 0: not begun
    PRIMARY KEY (session_id, position)
) WITHOUT ROWID;

CREATE TABLE practice_attempts (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    hash TEXT NOT NULL,
    deck_id TEXT NOT NULL,
    card_id TEXT NOT NULL,
    session_id BIGINT NOT NULL,    -- 0: by itself
    state BIGINT NOT NULL,         -- see State
    answer TEXT NOT NULL,
    story_id BIGINT NOT NULL,      -- 0: none
    audio TEXT NOT NULL,           -- key of the recording, empty: none
    predicted BIGINT NOT NULL,     -- percent; -1: not said
    seconds BIGINT NOT NULL,       -- that answering took
    answered_at BIGINT NOT NULL,
    checked_at BIGINT NOT NULL
);
CREATE INDEX practice_attempts_account ON practice_attempts (account_id, id);
CREATE INDEX practice_attempts_card ON practice_attempts (account_id, deck_id, card_id, id);
CREATE INDEX practice_attempts_audio ON practice_attempts (audio) WHERE audio <> '';

-- what somebody, the author or a peer, found in an answer
CREATE TABLE practice_reviews (
    id INTEGER PRIMARY KEY,
    attempt_id BIGINT NOT NULL REFERENCES practice_attempts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,    -- who looked
    peer BOOLEAN NOT NULL,
    score BIGINT NOT NULL,         -- percent of the weights
    rating BIGINT NOT NULL,        -- 1 Again to 4 Easy
    note TEXT NOT NULL,
    UNIQUE (attempt_id, account_id)
);
CREATE INDEX practice_reviews_account ON practice_reviews (account_id, id);

CREATE TABLE practice_marks (
    review_id BIGINT NOT NULL REFERENCES practice_reviews (id) ON DELETE CASCADE,
    point TEXT NOT NULL,
    mark BIGINT NOT NULL,          -- 0 no, 1 partly, 2 yes
    note TEXT NOT NULL,
    PRIMARY KEY (review_id, point)
) WITHOUT ROWID;

-- every rating that moved a schedule; the last one of an attempt holds
CREATE TABLE practice_log (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    deck_id TEXT NOT NULL,
    card_id TEXT NOT NULL,
    attempt_id BIGINT NOT NULL,
    rating BIGINT NOT NULL,
    at BIGINT NOT NULL             -- when the attempt was checked
);
CREATE INDEX practice_log_card ON practice_log (account_id, deck_id, card_id, id);

-- made from the log, see Replay
CREATE TABLE practice_schedules (
    account_id BIGINT NOT NULL,
    deck_id TEXT NOT NULL,
    card_id TEXT NOT NULL,
    stability DOUBLE PRECISION NOT NULL,  -- days
    difficulty DOUBLE PRECISION NOT NULL, -- 1 to 10
    reviewed_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    reviews BIGINT NOT NULL,
    lapses BIGINT NOT NULL,
    PRIMARY KEY (account_id, deck_id, card_id)
) WITHOUT ROWID;
CREATE INDEX practice_schedules_due ON practice_schedules (account_id, due_at);

CREATE TABLE practice_stories (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    situation TEXT NOT NULL,
    task TEXT NOT NULL,
    action TEXT NOT NULL,
    result TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX practice_stories_account ON practice_stories (account_id, id);

-- +goose Down
DROP TABLE practice_stories;
DROP TABLE practice_schedules;
DROP TABLE practice_log;
DROP TABLE practice_marks;
DROP TABLE practice_reviews;
DROP TABLE practice_attempts;
DROP TABLE practice_session_cards;
DROP TABLE practice_sessions;
DROP TABLE practice_plans;
DROP TABLE practice_cards;
DROP TABLE practice_versions;
DROP TABLE practice_decks;
DROP TABLE practice_outbox;

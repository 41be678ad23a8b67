-- Reviews by peers. Ids of asks and seats are in shard 0: the shard of a member
-- would tell something of who they are.

-- +goose Up
CREATE TABLE practice_asks (
    id INTEGER PRIMARY KEY,
    attempt_id BIGINT NOT NULL REFERENCES practice_attempts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,    -- who asks
    number BIGINT NOT NULL,        -- of the account's asks; two at once would have the same
    circle BIGINT NOT NULL,        -- see Circle
    to_id BIGINT NOT NULL,         -- the account that is asked by name; 0: none
    seats BIGINT NOT NULL,
    taken BIGINT NOT NULL,         -- seats that somebody has, also those whose review is in
    reviews_in BIGINT NOT NULL,
    refunded BIGINT NOT NULL,      -- seats whose cost was given back
    state BIGINT NOT NULL,         -- see AskState
    widened_at BIGINT NOT NULL,    -- 0: never
    next_at BIGINT NOT NULL,       -- when it is widened or closed
    closed_at BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,     -- the post that began the talk about it; 0: none
    UNIQUE (account_id, number)
);
CREATE INDEX practice_asks_account ON practice_asks (account_id, id);
CREATE INDEX practice_asks_attempt ON practice_asks (attempt_id, id);
CREATE UNIQUE INDEX practice_asks_open ON practice_asks (attempt_id) WHERE state = 0;
CREATE INDEX practice_asks_to ON practice_asks (to_id, state, id);
CREATE INDEX practice_asks_free ON practice_asks (id) WHERE state = 0 AND taken < seats;
CREATE INDEX practice_asks_next ON practice_asks (next_at) WHERE state = 0;

-- Those that are handed in stay when the ask is gone: they are what their
-- reviewers may ask for in return.
CREATE TABLE practice_seats (
    id INTEGER PRIMARY KEY,
    ask_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,    -- who reviews
    ends_at BIGINT NOT NULL,       -- when it is free again
    done_at BIGINT NOT NULL,       -- 0: the review is not in
    review_id BIGINT NOT NULL,     -- 0: not in
    UNIQUE (ask_id, account_id)
);
CREATE INDEX practice_seats_account ON practice_seats (account_id, id);
CREATE INDEX practice_seats_late ON practice_seats (ends_at) WHERE done_at = 0;

-- The account that speaks for the house, in a row of its own.
CREATE TABLE practice_messenger (
    id INTEGER PRIMARY KEY,
    account BIGINT NOT NULL,       -- 0: being made
    claimed_at BIGINT NOT NULL     -- by the node that makes it
);

CREATE TABLE practice_reminders (
    account_id INTEGER PRIMARY KEY,
    next_at BIGINT NOT NULL,       -- when to look; 0: never
    sent_at BIGINT NOT NULL,       -- 0: never
    post_id BIGINT NOT NULL        -- what was sent; 0: none
);
CREATE INDEX practice_reminders_next ON practice_reminders (next_at) WHERE next_at > 0;
INSERT INTO practice_reminders (account_id, next_at, sent_at, post_id) SELECT account_id, 1, 0, 0 FROM practice_plans WHERE remind;

-- +goose Down
DROP TABLE practice_reminders;
DROP TABLE practice_messenger;
DROP TABLE practice_seats;
DROP TABLE practice_asks;

-- Attempts at labs. What a member was given and how the answer did are kept as
-- they were, as JSON: later versions of a lab do not change them.

-- +goose Up
CREATE TABLE practice_lab_attempts (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    lab_id TEXT NOT NULL,
    version BIGINT NOT NULL,       -- of the lab
    seed BIGINT NOT NULL,          -- 63 bits
    task TEXT NOT NULL,            -- lab.Task
    answer TEXT NOT NULL,          -- lab.Answer; empty: none
    report TEXT NOT NULL,          -- lab.Report; empty: none
    passed BOOLEAN NOT NULL,
    points BIGINT NOT NULL,
    most BIGINT NOT NULL,          -- points that could be had
    graded_at BIGINT NOT NULL      -- 0: an answer may be given
);
CREATE INDEX practice_lab_attempts_account ON practice_lab_attempts (account_id, id);
CREATE INDEX practice_lab_attempts_lab ON practice_lab_attempts (account_id, lab_id, id);

-- +goose Down
DROP TABLE practice_lab_attempts;

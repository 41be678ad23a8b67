-- What members decide about their own account.

-- +goose Up
-- The address that a user wants to have, until they show that it is theirs.
CREATE TABLE identity_email_changes (
    user_id BIGINT NOT NULL PRIMARY KEY,
    email   BLOB   NOT NULL -- sealed
) WITHOUT ROWID;

-- Archives of all that is held about a user. The row goes with the file.
CREATE TABLE identity_exports (
    id            INTEGER PRIMARY KEY,
    user_id       BIGINT NOT NULL, -- 0: the user is gone, the file is to go
    requested_at  BIGINT NOT NULL,
    attempts      INTEGER NOT NULL,
    claimed_until BIGINT NOT NULL, -- a node works on it
    finished_at   BIGINT NOT NULL, -- 0: not yet
    expires_at    BIGINT NOT NULL,
    file          TEXT NOT NULL,   -- blob key, empty: none yet
    size          BIGINT NOT NULL  -- bytes
);
CREATE INDEX identity_exports_user ON identity_exports (user_id, id);
CREATE INDEX identity_exports_waiting ON identity_exports (id) WHERE finished_at = 0;
CREATE INDEX identity_exports_expires ON identity_exports (expires_at);

-- +goose Down
DROP TABLE identity_exports;
DROP TABLE identity_email_changes;

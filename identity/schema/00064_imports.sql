-- +goose Up

-- Lists that members bring along, done line by line in the background.
CREATE TABLE identity_imports (
    id            INTEGER PRIMARY KEY,
    user_id       BIGINT NOT NULL,
    list          TEXT NOT NULL,
    overwrite     BOOLEAN NOT NULL,
    body          BLOB NOT NULL,    -- the file, empty once it is done
    lines         INTEGER NOT NULL,
    at_line       INTEGER NOT NULL, -- so many are done
    report        TEXT NOT NULL,    -- JSON of what became of them
    requested_at  BIGINT NOT NULL,
    attempts      INTEGER NOT NULL, -- since the last line was done
    claimed_until BIGINT NOT NULL,  -- a node works on it, or it waits till then
    paused        BOOLEAN NOT NULL, -- it waits
    finished_at   BIGINT NOT NULL   -- 0: not yet
);
CREATE INDEX identity_imports_user ON identity_imports (user_id, id);
CREATE INDEX identity_imports_waiting ON identity_imports (id) WHERE finished_at = 0;

-- +goose Down
DROP TABLE identity_imports;

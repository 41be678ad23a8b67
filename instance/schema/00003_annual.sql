-- What members did in a year. Times are Unix milliseconds, 0 means none.

-- +goose Up
CREATE TABLE instance_annual_reports (
    account_id BIGINT NOT NULL,
    year INTEGER NOT NULL,
    data TEXT NOT NULL DEFAULT '', -- JSON; empty: is being made
    read_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, year)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE instance_annual_reports;

-- Reports, what moderators did, and the log of it. 0 means none where a row of
-- another room may be missing; times are Unix milliseconds.

-- +goose Up
CREATE TABLE moderation_reports (
    id          INTEGER PRIMARY KEY,
    account_id  BIGINT NOT NULL, -- who reports
    target_id   BIGINT NOT NULL, -- who is reported
    category    TEXT   NOT NULL,
    comment     TEXT   NOT NULL,
    updated_at  BIGINT NOT NULL,
    assigned_id BIGINT NOT NULL DEFAULT 0, -- the moderator who looks after it
    resolved_id BIGINT NOT NULL DEFAULT 0, -- the moderator who has resolved it
    resolved_at BIGINT NOT NULL DEFAULT 0  -- 0: open
);
CREATE INDEX moderation_reports_open ON moderation_reports (id) WHERE resolved_at = 0;
CREATE INDEX moderation_reports_closed ON moderation_reports (id) WHERE resolved_at <> 0;
CREATE INDEX moderation_reports_resolved ON moderation_reports (resolved_at) WHERE resolved_at <> 0;
CREATE INDEX moderation_reports_target ON moderation_reports (target_id, id);
CREATE INDEX moderation_reports_account ON moderation_reports (account_id, id);

CREATE TABLE moderation_report_statuses (
    report_id BIGINT NOT NULL REFERENCES moderation_reports (id) ON DELETE CASCADE,
    status_id BIGINT NOT NULL,
    PRIMARY KEY (report_id, status_id)
) WITHOUT ROWID;

CREATE TABLE moderation_report_rules (
    report_id BIGINT NOT NULL REFERENCES moderation_reports (id) ON DELETE CASCADE,
    rule_id   BIGINT NOT NULL,
    PRIMARY KEY (report_id, rule_id)
) WITHOUT ROWID;

-- What accounts were told of actions against them.
CREATE TABLE moderation_warnings (
    id         INTEGER PRIMARY KEY,
    account_id BIGINT  NOT NULL,
    actor_id   BIGINT  NOT NULL,
    action     TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    report_id  BIGINT  NOT NULL,
    mail       BOOLEAN NOT NULL, -- they are told by mail too
    mailed     BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX moderation_warnings_account ON moderation_warnings (account_id, id);

CREATE TABLE moderation_warning_statuses (
    warning_id BIGINT NOT NULL REFERENCES moderation_warnings (id) ON DELETE CASCADE,
    status_id  BIGINT NOT NULL,
    PRIMARY KEY (warning_id, status_id)
) WITHOUT ROWID;

-- Who did what to whom, when, and from where. Rows are never changed.
CREATE TABLE moderation_log (
    id        INTEGER PRIMARY KEY,
    actor_id  BIGINT NOT NULL, -- 0: the command line
    action    TEXT   NOT NULL,
    kind      TEXT   NOT NULL, -- of the target: account, report, …
    target_id BIGINT NOT NULL,
    target    TEXT   NOT NULL, -- its name at the time
    address   TEXT   NOT NULL, -- the actor's; empty: the command line
    details   TEXT   NOT NULL
);
CREATE INDEX moderation_log_target ON moderation_log (kind, target_id, id);
CREATE INDEX moderation_log_actor ON moderation_log (actor_id, id);

-- Accounts whose data is to be erased.
CREATE TABLE moderation_erasures (
    account_id    INTEGER PRIMARY KEY,
    requested_at  BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL DEFAULT 0, -- a node works on it until then
    done_at       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX moderation_erasures_open ON moderation_erasures (account_id) WHERE done_at = 0;

-- Other servers, by name in lower case and ASCII.
CREATE TABLE moderation_domain_allows (
    id     INTEGER PRIMARY KEY,
    domain TEXT NOT NULL UNIQUE
);

CREATE TABLE moderation_domain_blocks (
    id              INTEGER PRIMARY KEY,
    domain          TEXT    NOT NULL UNIQUE,
    severity        TEXT    NOT NULL, -- silence, suspend, noop
    reject_media    BOOLEAN NOT NULL,
    reject_reports  BOOLEAN NOT NULL,
    private_comment TEXT    NOT NULL,
    public_comment  TEXT    NOT NULL,
    obfuscate       BOOLEAN NOT NULL
);

-- +goose Down
DROP TABLE moderation_domain_blocks;
DROP TABLE moderation_domain_allows;
DROP TABLE moderation_erasures;
DROP TABLE moderation_log;
DROP TABLE moderation_warning_statuses;
DROP TABLE moderation_warnings;
DROP TABLE moderation_report_rules;
DROP TABLE moderation_report_statuses;
DROP TABLE moderation_reports;

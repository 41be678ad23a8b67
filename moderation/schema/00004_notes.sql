-- What moderators note about a report for each other; and the log is asked for
-- one sort of deed.

-- +goose Up
CREATE TABLE moderation_report_notes (
    id        INTEGER PRIMARY KEY,
    report_id BIGINT NOT NULL REFERENCES moderation_reports (id) ON DELETE CASCADE,
    actor_id  BIGINT NOT NULL,
    text      TEXT   NOT NULL
);
CREATE INDEX moderation_report_notes_report ON moderation_report_notes (report_id, id);
CREATE INDEX moderation_log_deed ON moderation_log (kind, action, id);

-- +goose Down
DROP INDEX moderation_log_deed;
DROP TABLE moderation_report_notes;

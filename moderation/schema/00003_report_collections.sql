-- Collections that a report is about.

-- +goose Up
CREATE TABLE moderation_report_collections (
    report_id     BIGINT NOT NULL REFERENCES moderation_reports (id) ON DELETE CASCADE,
    collection_id BIGINT NOT NULL,
    PRIMARY KEY (report_id, collection_id)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE moderation_report_collections;

-- +goose Up

-- A row is a register that the newest event wins: event_id is the event that
-- set it last. A row that is not live stands for what was dismissed or taken
-- back, so that an event which comes a second time, or late, changes nothing.
CREATE TABLE notifications_notifications (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    type TEXT NOT NULL,
    from_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL, -- 0: none
    group_key TEXT NOT NULL, -- empty: never grouped
    event_id BIGINT NOT NULL,
    live BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, from_id, type, post_id)
);
CREATE INDEX notifications_by_account ON notifications_notifications (account_id, id) WHERE live;
CREATE INDEX notifications_by_type ON notifications_notifications (account_id, type, id) WHERE live;
CREATE INDEX notifications_by_group ON notifications_notifications (account_id, group_key, id) WHERE live AND group_key <> '';
CREATE INDEX notifications_by_post ON notifications_notifications (post_id, type, from_id) WHERE post_id <> 0;
CREATE INDEX notifications_dead ON notifications_notifications (event_id) WHERE NOT live;

CREATE TABLE notifications_markers (
    account_id BIGINT NOT NULL,
    timeline TEXT NOT NULL,
    last_read_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, timeline)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE notifications_markers;
DROP TABLE notifications_notifications;

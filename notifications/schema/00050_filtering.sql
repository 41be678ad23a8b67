-- +goose Up

-- Filtered: put aside by the reader's policy until the sender is accepted.
-- post_id names what a notification is about: a post as a rule; the report,
-- warning or collection of the types that are about one.
ALTER TABLE notifications_notifications ADD COLUMN filtered BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX notifications_by_account;
DROP INDEX notifications_by_type;
DROP INDEX notifications_by_group;
CREATE INDEX notifications_by_account ON notifications_notifications (account_id, id) WHERE live AND NOT filtered;
CREATE INDEX notifications_by_type ON notifications_notifications (account_id, type, id) WHERE live AND NOT filtered;
CREATE INDEX notifications_by_group ON notifications_notifications (account_id, group_key, id) WHERE live AND NOT filtered AND group_key <> '';
CREATE INDEX notifications_filtered ON notifications_notifications (account_id, id) WHERE live AND filtered;
CREATE INDEX notifications_filtered_from ON notifications_notifications (account_id, from_id, id) WHERE live AND filtered;

-- What an account wants of strangers: accept, filter or drop. No row: the
-- policy that all begin with.
CREATE TABLE notifications_policies (
    account_id INTEGER PRIMARY KEY,
    not_following TEXT NOT NULL,
    not_followers TEXT NOT NULL,
    new_accounts TEXT NOT NULL,
    private_mentions TEXT NOT NULL,
    limited_accounts TEXT NOT NULL
);

-- From whom an account takes notifications whatever its policy says.
CREATE TABLE notifications_permissions (
    account_id BIGINT NOT NULL,
    from_id BIGINT NOT NULL,
    PRIMARY KEY (account_id, from_id)
) WITHOUT ROWID;

-- Who waits to be accepted: there is a row exactly if notifications from from_id
-- are filtered. How many, and since when, they tell themselves.
CREATE TABLE notifications_requests (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    from_id BIGINT NOT NULL,
    UNIQUE (account_id, from_id)
);
CREATE INDEX notifications_requests_by_account ON notifications_requests (account_id, id);

-- +goose Down
DROP TABLE notifications_requests;
DROP TABLE notifications_permissions;
DROP TABLE notifications_policies;
DELETE FROM notifications_notifications WHERE filtered;
DROP INDEX notifications_filtered_from;
DROP INDEX notifications_filtered;
DROP INDEX notifications_by_group;
DROP INDEX notifications_by_type;
DROP INDEX notifications_by_account;
ALTER TABLE notifications_notifications DROP COLUMN filtered;
CREATE INDEX notifications_by_account ON notifications_notifications (account_id, id) WHERE live;
CREATE INDEX notifications_by_type ON notifications_notifications (account_id, type, id) WHERE live;
CREATE INDEX notifications_by_group ON notifications_notifications (account_id, group_key, id) WHERE live AND group_key <> '';

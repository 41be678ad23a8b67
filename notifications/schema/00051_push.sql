-- +goose Up

-- The key by which push services know this server: one row, id 1.
CREATE TABLE notifications_vapid (
    id INTEGER PRIMARY KEY,
    private BLOB NOT NULL -- sealed
);

-- Where an access token's messages are pushed to.
CREATE TABLE notifications_subscriptions (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL,
    token_id BIGINT NOT NULL UNIQUE,
    channel BLOB NOT NULL, -- sealed: the receiver's address and keys, and the token
    standard BOOLEAN NOT NULL,
    policy TEXT NOT NULL,
    failing_since BIGINT NOT NULL -- 0: the last message was taken
);
CREATE INDEX notifications_subscriptions_account ON notifications_subscriptions (account_id, id);

CREATE TABLE notifications_alerts (
    subscription_id BIGINT NOT NULL REFERENCES notifications_subscriptions (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    PRIMARY KEY (subscription_id, type)
) WITHOUT ROWID;

-- What is still to be pushed. No foreign key: a subscription that ends at the
-- same time must not keep a notification from being written.
CREATE TABLE notifications_pushes (
    subscription_id BIGINT NOT NULL,
    notification_id BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (subscription_id, notification_id)
) WITHOUT ROWID;
CREATE INDEX notifications_pushes_due ON notifications_pushes (due_at);

-- +goose Down
DROP TABLE notifications_pushes;
DROP TABLE notifications_alerts;
DROP TABLE notifications_subscriptions;
DROP TABLE notifications_vapid;

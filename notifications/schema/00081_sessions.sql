-- +goose Up

-- Browsers in which somebody is signed in are pushed to as well: token_id is
-- the id of their session then.
ALTER TABLE notifications_subscriptions ADD COLUMN of_session BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
DELETE FROM notifications_alerts WHERE subscription_id IN (SELECT id FROM notifications_subscriptions WHERE of_session);
DELETE FROM notifications_subscriptions WHERE of_session;
ALTER TABLE notifications_subscriptions DROP COLUMN of_session;

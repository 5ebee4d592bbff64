UPDATE orders SET close_reason = 'MANUAL_CLOSE' WHERE close_reason = 'RISK_LIMIT';
ALTER TABLE orders DROP CONSTRAINT orders_close_reason_check;
ALTER TABLE orders ADD CONSTRAINT orders_close_reason_check
    CHECK (close_reason IN ('TP_HIT', 'SL_HIT', 'MANUAL_CLOSE', 'EXPIRED'));
DROP INDEX position_campaigns_by_close;
DROP TABLE profit_days;
DROP TABLE trading_stops;
DROP INDEX risk_breaches_standing;
DROP INDEX risk_breaches_by_time;
ALTER TABLE risk_breaches
    DROP COLUMN subject,
    DROP COLUMN status,
    DROP COLUMN acknowledged_at,
    DROP COLUMN cleared_at;
-- What could only be noted was a warning then.
UPDATE risk_breaches SET action = 'WARNED' WHERE action = 'NOTED';
ALTER TABLE risk_breaches DROP CONSTRAINT risk_breaches_action_check;
ALTER TABLE risk_breaches ADD CONSTRAINT risk_breaches_action_check CHECK (action IN (
    'BLOCKED', 'WARNED', 'REDUCED_SIZE', 'CLOSED_POSITION'));

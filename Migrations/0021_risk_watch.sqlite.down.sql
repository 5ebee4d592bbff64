ALTER TABLE orders ADD COLUMN old_close_reason TEXT
    CHECK (old_close_reason IN ('TP_HIT', 'SL_HIT', 'MANUAL_CLOSE', 'EXPIRED'));
UPDATE orders
SET old_close_reason = CASE close_reason WHEN 'RISK_LIMIT' THEN 'MANUAL_CLOSE' ELSE close_reason END
WHERE close_reason IS NOT NULL;
ALTER TABLE orders DROP COLUMN close_reason;
ALTER TABLE orders RENAME COLUMN old_close_reason TO close_reason;
DROP INDEX position_campaigns_by_close;
DROP TABLE profit_days;
DROP TABLE trading_stops;
DROP INDEX risk_breaches_standing;
DROP INDEX risk_breaches_by_time;
ALTER TABLE risk_breaches RENAME TO new_risk_breaches;
DROP INDEX risk_breaches_by_policy;
CREATE TABLE risk_breaches (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    policy_id INTEGER NOT NULL,
    portfolio_id INTEGER,
    instrument_id INTEGER REFERENCES instruments (id),
    observed_json TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN (
        'BLOCKED', 'WARNED', 'REDUCED_SIZE', 'CLOSED_POSITION')),
    created_at TEXT NOT NULL,
    FOREIGN KEY (user_id, policy_id) REFERENCES risk_policies (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE
) STRICT;
-- What could only be noted was a warning then.
INSERT INTO risk_breaches (id, uid, user_id, policy_id, portfolio_id, instrument_id, observed_json,
    action, created_at)
SELECT id, uid, user_id, policy_id, portfolio_id, instrument_id, observed_json,
    CASE action WHEN 'NOTED' THEN 'WARNED' ELSE action END, created_at
FROM new_risk_breaches;
DROP TABLE new_risk_breaches;
CREATE INDEX risk_breaches_by_policy ON risk_breaches (policy_id, created_at);

-- What is done about risk beyond a single order: breaches that stand until they are cleared, stops of
-- trading, and how the user's and strategies' results went day by day.

-- What is exceeded by what is held stands: it is one row until it is cleared. What was exceeded by
-- an order is over.
CREATE TABLE new_risk_breaches (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    policy_id INTEGER NOT NULL,
    portfolio_id INTEGER,
    instrument_id INTEGER REFERENCES instruments (id),
    observed_json TEXT NOT NULL,
    -- NOTED: of a fill that was made elsewhere, where nothing could be done about it.
    action TEXT NOT NULL CHECK (action IN (
        'BLOCKED', 'WARNED', 'REDUCED_SIZE', 'CLOSED_POSITION', 'NOTED')),
    created_at TEXT NOT NULL,
    -- What of the policy's scope a standing breach is about; NULL for one of an order.
    subject TEXT,
    status TEXT NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'ACKNOWLEDGED', 'CLEARED')),
    acknowledged_at TEXT,
    cleared_at TEXT,
    FOREIGN KEY (user_id, policy_id) REFERENCES risk_policies (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO new_risk_breaches (id, uid, user_id, policy_id, portfolio_id, instrument_id,
    observed_json, action, created_at)
SELECT id, uid, user_id, policy_id, portfolio_id, instrument_id, observed_json, action, created_at
FROM risk_breaches;
DROP TABLE risk_breaches;
ALTER TABLE new_risk_breaches RENAME TO risk_breaches;
CREATE INDEX risk_breaches_by_policy ON risk_breaches (policy_id, created_at);
CREATE INDEX risk_breaches_by_time ON risk_breaches (user_id, created_at, id);
CREATE UNIQUE INDEX risk_breaches_standing ON risk_breaches (policy_id, subject)
    WHERE subject IS NOT NULL AND cleared_at IS NULL;

-- Who stopped trading in what: of a user's all, of one portfolio, or of one strategy. Several may
-- hold at once, the strictest counts. A stop that is lifted is deleted; the audit log knows of it.
CREATE TABLE trading_stops (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    portfolio_id INTEGER,
    strategy_id INTEGER,
    set_by TEXT NOT NULL CHECK (set_by IN ('USER', 'ADMIN', 'POLICY')),
    state TEXT NOT NULL CHECK (state IN ('REDUCING', 'HALTED')),
    -- Trading goes on by itself then; NULL: not before somebody resumes it.
    until TEXT,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CHECK (portfolio_id IS NULL OR strategy_id IS NULL),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX trading_stops_of_user ON trading_stops (user_id, set_by)
    WHERE portfolio_id IS NULL AND strategy_id IS NULL;
CREATE UNIQUE INDEX trading_stops_of_portfolio ON trading_stops (portfolio_id, set_by)
    WHERE portfolio_id IS NOT NULL;
CREATE UNIQUE INDEX trading_stops_of_strategy ON trading_stops (strategy_id, set_by)
    WHERE strategy_id IS NOT NULL;

-- One row for each UTC day on which it was seen: without a strategy the equity of all of a user's
-- accounts together, with one what the strategy has made since it began.
CREATE TABLE profit_days (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    strategy_id INTEGER,
    day TEXT NOT NULL,
    currency TEXT NOT NULL,
    opening TEXT NOT NULL,
    highest TEXT NOT NULL,
    lowest TEXT NOT NULL,
    closing TEXT NOT NULL,
    -- All that was ever paid in, minus what was paid out; 0 of a strategy.
    deposits TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX profit_days_of_user ON profit_days (user_id, currency, day)
    WHERE strategy_id IS NULL;
CREATE UNIQUE INDEX profit_days_of_strategy ON profit_days (strategy_id, currency, day)
    WHERE strategy_id IS NOT NULL;
CREATE INDEX profit_days_by_day ON profit_days (user_id, currency, day);

-- What was closed last.
CREATE INDEX position_campaigns_by_close ON position_campaigns (user_id, closed_at, id)
    WHERE closed_at IS NOT NULL;

-- Why a position is closed: a policy may have it closed too.
ALTER TABLE orders ADD COLUMN new_close_reason TEXT
    CHECK (new_close_reason IN ('TP_HIT', 'SL_HIT', 'MANUAL_CLOSE', 'EXPIRED', 'RISK_LIMIT'));
UPDATE orders SET new_close_reason = close_reason WHERE close_reason IS NOT NULL;
ALTER TABLE orders DROP COLUMN close_reason;
ALTER TABLE orders RENAME COLUMN new_close_reason TO close_reason;

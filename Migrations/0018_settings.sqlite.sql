-- What users choose for themselves, and the fills that they have not been told of yet.

-- A user without a row has the defaults.
CREATE TABLE user_settings (
    user_id INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Into which totals are converted; NULL: that of the portfolio's account.
    base_currency TEXT,
    -- NULL: UTC.
    time_zone TEXT,
    cost_method TEXT NOT NULL DEFAULT 'average'
        CHECK (cost_method IN ('average', 'fifo', 'lifo')),
    fills TEXT NOT NULL DEFAULT 'batched' CHECK (fills IN ('each', 'batched', 'off')),
    orders TEXT NOT NULL DEFAULT 'failed' CHECK (orders IN ('all', 'failed', 'off')),
    tells_alerts INTEGER NOT NULL DEFAULT 1 CHECK (tells_alerts IN (0, 1)),
    tells_breaches INTEGER NOT NULL DEFAULT 1 CHECK (tells_breaches IN (0, 1)),
    -- Minutes since the local midnight; NULL: none.
    daily_digest_minute INTEGER CHECK (daily_digest_minute >= 0),
    -- 1 is Monday, 7 is Sunday; NULL: none.
    weekly_digest_day INTEGER CHECK (weekly_digest_day >= 1),
    weekly_digest_minute INTEGER NOT NULL DEFAULT 480 CHECK (weekly_digest_minute >= 0),
    quiet_from_minute INTEGER CHECK (quiet_from_minute >= 0),
    quiet_to_minute INTEGER CHECK (quiet_to_minute >= 0),
    is_silent INTEGER NOT NULL DEFAULT 0 CHECK (is_silent IN (0, 1)),
    -- The local day of the last digest of each kind.
    daily_sent_on TEXT,
    weekly_sent_on TEXT,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

-- One row for a portfolio with fills that its owner has not been told of: a unit of work that
-- stores fills writes one row at most.
CREATE TABLE fill_news (
    portfolio_id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL,
    -- The first of them; those after it have larger ids.
    first_trade_id INTEGER NOT NULL,
    since TEXT NOT NULL,
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE
) STRICT;

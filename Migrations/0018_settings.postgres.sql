-- What users choose for themselves, and the fills that they have not been told of yet.

-- A user without a row has the defaults.
CREATE TABLE user_settings (
    user_id BIGINT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Into which totals are converted; NULL: that of the portfolio's account.
    base_currency TEXT COLLATE "C",
    -- NULL: UTC.
    time_zone TEXT COLLATE "C",
    cost_method TEXT COLLATE "C" NOT NULL DEFAULT 'average'
        CHECK (cost_method IN ('average', 'fifo', 'lifo')),
    fills TEXT COLLATE "C" NOT NULL DEFAULT 'batched' CHECK (fills IN ('each', 'batched', 'off')),
    orders TEXT COLLATE "C" NOT NULL DEFAULT 'failed' CHECK (orders IN ('all', 'failed', 'off')),
    tells_alerts BOOLEAN NOT NULL DEFAULT TRUE,
    tells_breaches BOOLEAN NOT NULL DEFAULT TRUE,
    -- Minutes since the local midnight; NULL: none.
    daily_digest_minute BIGINT CHECK (daily_digest_minute >= 0),
    -- 1 is Monday, 7 is Sunday; NULL: none.
    weekly_digest_day BIGINT CHECK (weekly_digest_day >= 1),
    weekly_digest_minute BIGINT NOT NULL DEFAULT 480 CHECK (weekly_digest_minute >= 0),
    quiet_from_minute BIGINT CHECK (quiet_from_minute >= 0),
    quiet_to_minute BIGINT CHECK (quiet_to_minute >= 0),
    is_silent BOOLEAN NOT NULL DEFAULT FALSE,
    -- The local day of the last digest of each kind.
    daily_sent_on DATE,
    weekly_sent_on DATE,
    version BIGINT NOT NULL DEFAULT 1
);

-- One row for a portfolio with fills that its owner has not been told of: a unit of work that
-- stores fills writes one row at most.
CREATE TABLE fill_news (
    portfolio_id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    -- The first of them; those after it have larger ids.
    first_trade_id BIGINT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE
);

-- Where other programs call, and what of their calls has not become a trade.

CREATE TABLE hooks (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    portfolio_id INTEGER NOT NULL,
    strategy_id INTEGER,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('freqtrade', 'tradingview')),
    -- SHA-256 of the secret, in hexadecimal; the secret itself is kept nowhere.
    secret_hash TEXT NOT NULL UNIQUE,
    -- How a message becomes a fill; none for the built-in one of its kind.
    template_json TEXT,
    -- The bot of `hooks.freqtrade_file` that fills are pulled from; its address and credentials
    -- stand in that file alone.
    rest_bot TEXT,
    rest_failures INTEGER NOT NULL DEFAULT 0,
    rest_error TEXT,
    rest_synced_at TEXT,
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    calls INTEGER NOT NULL DEFAULT 0,
    fills INTEGER NOT NULL DEFAULT 0,
    last_called_at TEXT,
    -- When its owner was last told of something in quarantine.
    told_at TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (user_id, name),
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE hook_deliveries (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hook_id INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('RECEIVED', 'QUARANTINED', 'RETRIED', 'DISCARDED')),
    -- The same for what is sent again; none where messages that look alike are different ones.
    identity TEXT,
    -- How often it came.
    times INTEGER NOT NULL DEFAULT 1,
    content_type TEXT,
    -- As it came, without the hook's secret.
    body BLOB NOT NULL,
    -- Why it is no trade yet.
    code TEXT,
    field TEXT,
    detail TEXT,
    received_at TEXT NOT NULL,
    settled_at TEXT,
    UNIQUE (user_id, id),
    UNIQUE (hook_id, identity),
    FOREIGN KEY (user_id, hook_id) REFERENCES hooks (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX hook_deliveries_open ON hook_deliveries (user_id, id)
    WHERE settled_at IS NULL;

-- The position that a strategy's last alert told of, by which a missed one is noticed.
CREATE TABLE hook_positions (
    hook_id INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    direction TEXT NOT NULL CHECK (direction IN ('long', 'short', 'flat')),
    size TEXT,
    alert_identity TEXT NOT NULL,
    alerted_at TEXT NOT NULL,
    PRIMARY KEY (hook_id, symbol),
    FOREIGN KEY (user_id, hook_id) REFERENCES hooks (user_id, id) ON DELETE CASCADE
) STRICT;

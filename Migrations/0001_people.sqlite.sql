-- Who trades, with which brokers, in which books, by which strategies.
-- UNIQUE (user_id, id) is what composite foreign keys point at: so a row can only name rows of its
-- own user.

CREATE TABLE users (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    telegram_user_id TEXT NOT NULL UNIQUE,
    username TEXT,
    is_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    approved_by_user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    approved_at TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX users_by_activity ON users (is_active);

CREATE TABLE brokers (
    id INTEGER NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
) STRICT;
INSERT INTO brokers (code, name) VALUES
    ('BINANCE', 'Binance'),
    ('IBKR', 'Interactive Brokers'),
    ('TRADIER', 'Tradier'),
    ('TASTYTRADE', 'tastytrade'),
    ('SNAPTRADE', 'SnapTrade'),
    ('PAPER', 'Paper broker');

CREATE TABLE accounts (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    broker_id INTEGER NOT NULL REFERENCES brokers (id),
    name TEXT NOT NULL,
    account_uid TEXT,
    base_currency TEXT NOT NULL DEFAULT 'USD',
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (user_id, name),
    UNIQUE (user_id, id)
) STRICT;

CREATE TABLE portfolios (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (user_id, name),
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX portfolios_by_account ON portfolios (account_id);
CREATE UNIQUE INDEX portfolios_one_default ON portfolios (user_id) WHERE is_default;

CREATE TABLE strategies (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version TEXT NOT NULL DEFAULT '1.0',
    params_json TEXT NOT NULL DEFAULT '{}',
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_at TEXT NOT NULL,
    UNIQUE (user_id, name, version),
    UNIQUE (user_id, id)
) STRICT;

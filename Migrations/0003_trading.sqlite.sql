-- The ledger: orders, the immutable trades, and what is derived from the trades.

CREATE TABLE orders (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    instrument_id INTEGER NOT NULL REFERENCES instruments (id),
    strategy_id INTEGER,
    side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
    type TEXT NOT NULL CHECK (type IN ('MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT', 'TRAILING')),
    status TEXT NOT NULL CHECK (status IN (
        'DRAFT', 'SIMULATED', 'PENDING', 'NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED',
        'REJECTED', 'EXPIRED', 'DENIED')),
    time_in_force TEXT CHECK (time_in_force IN ('GTC', 'IOC', 'FOK', 'DAY')),
    quantity TEXT NOT NULL CHECK (quantity <> '0' AND substr(quantity, 1, 1) <> '-'),
    filled_quantity TEXT NOT NULL DEFAULT '0' CHECK (substr(filled_quantity, 1, 1) <> '-'),
    price TEXT,
    stop_price TEXT,
    client_order_id TEXT,
    broker_order_id TEXT,
    placed_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    meta_json TEXT NOT NULL DEFAULT '{}',
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (portfolio_id, broker_order_id),
    UNIQUE (portfolio_id, client_order_id),
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id)
) STRICT;
CREATE INDEX orders_by_status ON orders (portfolio_id, status);
CREATE INDEX orders_by_instrument ON orders (instrument_id);
CREATE INDEX orders_by_time ON orders (placed_at);

-- Trades are never edited; realized_pnl is derived (average cost) and follows late fills.
CREATE TABLE trades (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    instrument_id INTEGER NOT NULL REFERENCES instruments (id),
    strategy_id INTEGER,
    order_id INTEGER,
    side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
    quantity TEXT NOT NULL CHECK (quantity <> '0' AND substr(quantity, 1, 1) <> '-'),
    price TEXT NOT NULL,
    notional TEXT NOT NULL,
    fee TEXT NOT NULL DEFAULT '0',
    fee_currency TEXT NOT NULL,
    realized_pnl TEXT NOT NULL DEFAULT '0',
    exec_time TEXT NOT NULL,
    broker_trade_id TEXT NOT NULL,
    broker_order_id TEXT,
    client_order_id TEXT,
    source TEXT NOT NULL CHECK (source IN ('broker', 'manual', 'paper', 'import')),
    meta_json TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL,
    UNIQUE (portfolio_id, broker_trade_id),
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id),
    FOREIGN KEY (user_id, order_id) REFERENCES orders (user_id, id)
) STRICT;
-- The order of truth within a book (trade lists), and within a holding (replay of late fills).
CREATE INDEX trades_by_time ON trades (portfolio_id, exec_time, broker_trade_id);
CREATE INDEX trades_by_instrument ON trades (
    instrument_id, portfolio_id, exec_time, broker_trade_id);

CREATE TABLE positions (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    instrument_id INTEGER NOT NULL REFERENCES instruments (id),
    strategy_id INTEGER,
    quantity TEXT NOT NULL,
    cost TEXT NOT NULL,
    avg_price TEXT NOT NULL DEFAULT '0',
    realized_pnl TEXT NOT NULL DEFAULT '0',
    -- Charged so far, by currency: an object of decimal strings.
    fees_json TEXT NOT NULL DEFAULT '{}',
    opened_at TEXT,
    -- The latest trade in the order of truth: exec_time and broker_trade_id.
    updated_at TEXT NOT NULL,
    last_broker_trade_id TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id)
) STRICT;
CREATE UNIQUE INDEX positions_identity ON positions (
    portfolio_id, instrument_id, COALESCE(strategy_id, 0));
CREATE INDEX positions_by_instrument ON positions (instrument_id);

CREATE TABLE daily_pnl (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    instrument_id INTEGER NOT NULL REFERENCES instruments (id),
    strategy_id INTEGER,
    day TEXT NOT NULL,
    currency TEXT NOT NULL,
    realized_pnl TEXT NOT NULL,
    fees TEXT NOT NULL,
    trades INTEGER NOT NULL CHECK (trades >= 0),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id)
) STRICT;
-- Days first: /pnl reads a range of days of one portfolio.
CREATE UNIQUE INDEX daily_pnl_identity ON daily_pnl (
    portfolio_id, day, instrument_id, COALESCE(strategy_id, 0), currency);

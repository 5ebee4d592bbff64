-- Brackets: at which prices a position is closed again, and the orders that do so.

CREATE TABLE brackets (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    instrument_id INTEGER NOT NULL REFERENCES instruments (id),
    strategy_id INTEGER,
    -- The code of the broker through whose gateway its exits go.
    gateway TEXT NOT NULL,
    -- It protects what this order has opened; NULL: what is held and no other bracket protects.
    entry_order_id INTEGER,
    exit_side TEXT NOT NULL CHECK (exit_side IN ('BUY', 'SELL')),
    -- The stop loss: a price, or how far it stays behind the best price; NULL, all of them: none.
    stop_price TEXT,
    trail_amount TEXT,
    trail_percent TEXT,
    -- NULL: none.
    take_profit TEXT,
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'ACTIVE', 'CLOSED', 'CANCELED')),
    close_reason TEXT
        CHECK (close_reason IN ('TP_HIT', 'SL_HIT', 'MANUAL_CLOSE', 'EXPIRED', 'RISK_LIMIT')),
    -- The request that set its terms last, so that it is known when it comes again.
    request TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    -- NULL while it is in force.
    ended_at TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id),
    FOREIGN KEY (user_id, entry_order_id) REFERENCES orders (user_id, id) ON DELETE CASCADE
) STRICT;
-- Each fill asks what is in force in its portfolio.
CREATE INDEX brackets_in_force ON brackets (portfolio_id) WHERE ended_at IS NULL;
CREATE INDEX brackets_by_portfolio ON brackets (portfolio_id, id);
CREATE INDEX brackets_by_entry ON brackets (entry_order_id) WHERE entry_order_id IS NOT NULL;

-- The orders that end a bracket: each belongs to one at most. To brokers the bracket is their group.
CREATE TABLE bracket_orders (
    order_id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL,
    bracket_id INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('STOP', 'PROFIT', 'CLOSE')),
    FOREIGN KEY (user_id, order_id) REFERENCES orders (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, bracket_id) REFERENCES brackets (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX bracket_orders_by_bracket ON bracket_orders (bracket_id, order_id);

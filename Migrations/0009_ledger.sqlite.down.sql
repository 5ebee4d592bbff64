-- Refused where a trade was corrected: the form before has no room for what was superseded.
DROP TABLE lot_closures;
DROP TABLE position_lots;
DROP TABLE leg_trade_map;
DROP TABLE campaign_legs;
DROP TABLE position_campaigns;
ALTER TABLE daily_pnl DROP COLUMN realized_pnl_lots;
ALTER TABLE portfolios DROP COLUMN is_rebuild_due;
ALTER TABLE portfolios DROP COLUMN leg_window_sec;
ALTER TABLE portfolios DROP COLUMN cost_method;
DROP TABLE trade_corrections;
ALTER TABLE trades RENAME TO later_trades;
DROP INDEX trades_by_time;
DROP INDEX trades_by_instrument;
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
INSERT INTO trades (id, uid, user_id, portfolio_id, instrument_id, strategy_id, order_id, side,
    quantity, price, notional, fee, fee_currency, realized_pnl, exec_time, broker_trade_id,
    broker_order_id, client_order_id, source, meta_json, created_at)
SELECT id, uid, user_id, portfolio_id, instrument_id, strategy_id, order_id, side, quantity, price,
    notional, fee, fee_currency, realized_pnl, exec_time,
    CASE WHEN is_superseded THEN NULL ELSE broker_trade_id END, broker_order_id, client_order_id,
    source, meta_json, created_at
FROM later_trades
ORDER BY id;
DROP TABLE later_trades;
CREATE INDEX trades_by_time ON trades (portfolio_id, exec_time, broker_trade_id);
CREATE INDEX trades_by_instrument ON trades (
    instrument_id, portfolio_id, exec_time, broker_trade_id);

CREATE TABLE position_campaigns (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    instrument_id INTEGER NOT NULL REFERENCES instruments (id),
    strategy_id INTEGER,
    -- A campaign is known by the trade that opened it.
    opening_trade_id INTEGER NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('long', 'short')),
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    qty_opened TEXT NOT NULL,
    qty_closed TEXT NOT NULL,
    max_qty TEXT NOT NULL,
    avg_open_price TEXT NOT NULL,
    avg_close_price TEXT,
    realized_pnl TEXT NOT NULL,
    return_pct TEXT,
    holding_period_sec INTEGER,
    num_fills INTEGER NOT NULL,
    cost_basis_method TEXT NOT NULL DEFAULT 'average'
        CHECK (cost_basis_method IN ('average', 'fifo', 'lifo')),
    source TEXT NOT NULL CHECK (source IN ('broker', 'manual', 'paper', 'import')),
    r_multiple TEXT,
    tags_json TEXT NOT NULL DEFAULT '[]',
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id),
    FOREIGN KEY (user_id, opening_trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX position_campaigns_by_holding ON position_campaigns (
    portfolio_id, instrument_id, opened_at);
CREATE INDEX position_campaigns_by_close ON position_campaigns (portfolio_id, closed_at);
CREATE INDEX position_campaigns_by_status ON position_campaigns (portfolio_id, status);

CREATE TABLE campaign_legs (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    campaign_id INTEGER NOT NULL,
    -- A leg is known by its first trade.
    first_trade_id INTEGER NOT NULL,
    leg_type TEXT NOT NULL CHECK (leg_type IN (
        'open', 'add', 'reduce', 'close', 'flip_close', 'flip_open')),
    side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
    quantity TEXT NOT NULL CHECK (quantity <> '0' AND substr(quantity, 1, 1) <> '-'),
    avg_price TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    fill_count INTEGER NOT NULL,
    notes TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, campaign_id) REFERENCES position_campaigns (user_id, id)
        ON DELETE CASCADE,
    FOREIGN KEY (user_id, first_trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX campaign_legs_by_start ON campaign_legs (campaign_id, started_at);

CREATE TABLE leg_trade_map (
    leg_id INTEGER NOT NULL,
    trade_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    allocated_qty TEXT NOT NULL CHECK (allocated_qty <> '0' AND substr(allocated_qty, 1, 1) <> '-'),
    PRIMARY KEY (leg_id, trade_id),
    FOREIGN KEY (user_id, leg_id) REFERENCES campaign_legs (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE position_lots (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    instrument_id INTEGER NOT NULL REFERENCES instruments (id),
    strategy_id INTEGER,
    campaign_id INTEGER,
    -- A lot is known by the trade that opened it.
    trade_id INTEGER NOT NULL UNIQUE,
    direction TEXT NOT NULL CHECK (direction IN ('long', 'short')),
    opened_at TEXT NOT NULL,
    quantity TEXT NOT NULL CHECK (quantity <> '0' AND substr(quantity, 1, 1) <> '-'),
    cost TEXT NOT NULL,
    open_quantity TEXT NOT NULL CHECK (substr(open_quantity, 1, 1) <> '-'),
    open_cost TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id),
    FOREIGN KEY (user_id, campaign_id) REFERENCES position_campaigns (user_id, id),
    FOREIGN KEY (user_id, trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX position_lots_by_holding ON position_lots (portfolio_id, instrument_id, opened_at);

CREATE TABLE lot_closures (
    lot_id INTEGER NOT NULL,
    -- The trade that closes.
    trade_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    quantity TEXT NOT NULL CHECK (quantity <> '0' AND substr(quantity, 1, 1) <> '-'),
    cost TEXT NOT NULL,
    proceeds TEXT NOT NULL,
    realized_pnl TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    PRIMARY KEY (lot_id, trade_id),
    FOREIGN KEY (user_id, lot_id) REFERENCES position_lots (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT;
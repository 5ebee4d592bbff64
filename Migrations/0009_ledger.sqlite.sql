-- The ledger's derived tables, known by the trades that they come from; corrections of trades.
-- What stands in these tables follows from trades, so the first forms of them, which nothing has
-- filled yet, are made anew.

DROP TABLE lot_closures;
DROP TABLE position_lots;
DROP TABLE leg_trade_map;
DROP TABLE campaign_legs;
DROP TABLE position_campaigns;

-- A broker may report other figures under an id that is known: each correction is a new row of the
-- next revision, and takes the one before out of the ledger.
ALTER TABLE trades RENAME TO first_trades;
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
    revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0),
    is_superseded INTEGER NOT NULL DEFAULT 0 CHECK (is_superseded IN (0, 1)),
    -- What it did: opened or closed; through zero, both. Derived, as realized_pnl is.
    action TEXT CHECK (action IN ('BTO', 'STO', 'BTC', 'STC', 'BTC+BTO', 'STC+STO')),
    -- As reported, where it was: the broker's part of the fee, what was paid or received in all,
    -- the option's delta, why.
    commission TEXT,
    net_amount TEXT,
    delta TEXT,
    reason TEXT,
    UNIQUE (portfolio_id, broker_trade_id, revision),
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id),
    FOREIGN KEY (user_id, order_id) REFERENCES orders (user_id, id)
) STRICT;
INSERT INTO trades (id, uid, user_id, portfolio_id, instrument_id, strategy_id, order_id, side,
    quantity, price, notional, fee, fee_currency, realized_pnl, exec_time, broker_trade_id,
    broker_order_id, client_order_id, source, meta_json, created_at)
SELECT id, uid, user_id, portfolio_id, instrument_id, strategy_id, order_id, side, quantity, price,
    notional, fee, fee_currency, realized_pnl, exec_time, broker_trade_id, broker_order_id,
    client_order_id, source, meta_json, created_at
FROM first_trades
ORDER BY id;
DROP TABLE first_trades;
-- The order of truth within a book (trade lists, verify), and within a holding (rebuilding it).
CREATE INDEX trades_by_time ON trades (portfolio_id, exec_time, broker_trade_id);
CREATE INDEX trades_by_instrument ON trades (
    instrument_id, portfolio_id, exec_time, broker_trade_id);

CREATE TABLE trade_corrections (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    correction_id TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('bust', 'correct')),
    -- What it took out of the ledger, and the trade that stands in its place; NULL for a bust.
    trade_id INTEGER NOT NULL,
    replacement_trade_id INTEGER,
    -- As it was asked for, and the figures that it replaced.
    request_json TEXT NOT NULL,
    was_json TEXT NOT NULL,
    reason TEXT,
    -- Which way it came in: http, cli or chat.
    made_through TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (portfolio_id, correction_id),
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, replacement_trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX trade_corrections_by_trade ON trade_corrections (trade_id);

ALTER TABLE portfolios ADD COLUMN cost_method TEXT NOT NULL DEFAULT 'fifo'
    CHECK (cost_method IN ('fifo', 'lifo'));
ALTER TABLE portfolios ADD COLUMN leg_window_sec INTEGER NOT NULL DEFAULT 300
    CHECK (leg_window_sec >= 0);
-- Whether what is derived has to be made anew from the trades before it can be built upon.
ALTER TABLE portfolios ADD COLUMN is_rebuild_due INTEGER NOT NULL DEFAULT 0
    CHECK (is_rebuild_due IN (0, 1));
UPDATE portfolios SET is_rebuild_due = 1
WHERE EXISTS (SELECT 1 FROM trades t WHERE t.portfolio_id = portfolios.id);

-- Realized by the lots that the portfolio's cost method closes; realized_pnl is by average cost.
ALTER TABLE daily_pnl ADD COLUMN realized_pnl_lots TEXT NOT NULL DEFAULT '0';

CREATE TABLE position_campaigns (
    -- A campaign is known by the trade that opened it: this is that trade's id.
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    instrument_id INTEGER NOT NULL REFERENCES instruments (id),
    strategy_id INTEGER,
    direction TEXT NOT NULL CHECK (direction IN ('long', 'short')),
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    -- The opening trade's place in the order of truth, and how much of it opened: less than all of
    -- it where it went through zero.
    opened_at TEXT NOT NULL,
    opening_broker_trade_id TEXT NOT NULL,
    opening_qty TEXT NOT NULL CHECK (opening_qty <> '0' AND substr(opening_qty, 1, 1) <> '-'),
    closed_at TEXT,
    qty_opened TEXT NOT NULL,
    qty_closed TEXT NOT NULL,
    max_qty TEXT NOT NULL,
    -- What all opening trades cost (below zero when short), and the notional of all closing ones.
    opened_cost TEXT NOT NULL,
    closed_notional TEXT NOT NULL,
    avg_open_price TEXT NOT NULL,
    avg_close_price TEXT,
    realized_pnl TEXT NOT NULL,
    return_pct TEXT,
    holding_period_sec INTEGER,
    num_fills INTEGER NOT NULL,
    legs_count INTEGER NOT NULL,
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
    FOREIGN KEY (user_id, id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT;
-- A holding has one open campaign at most.
CREATE UNIQUE INDEX position_campaigns_open ON position_campaigns (
    portfolio_id, instrument_id, COALESCE(strategy_id, 0)) WHERE status = 'open';
CREATE INDEX position_campaigns_by_holding ON position_campaigns (
    portfolio_id, instrument_id, COALESCE(strategy_id, 0), opened_at, opening_broker_trade_id);
CREATE INDEX position_campaigns_by_time ON position_campaigns (portfolio_id, opened_at, id);

CREATE TABLE campaign_legs (
    campaign_id INTEGER NOT NULL,
    -- A leg is known by its first trade within its campaign.
    first_trade_id INTEGER NOT NULL,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    -- Counted from 1 in its campaign.
    leg_number INTEGER NOT NULL,
    leg_type TEXT NOT NULL CHECK (leg_type IN (
        'open', 'add', 'reduce', 'close', 'flip_close', 'flip_open')),
    side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
    quantity TEXT NOT NULL CHECK (quantity <> '0' AND substr(quantity, 1, 1) <> '-'),
    notional TEXT NOT NULL,
    avg_price TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    -- The broker's order of its last trade: the next one of that order joins it.
    last_broker_order_id TEXT,
    fill_count INTEGER NOT NULL,
    notes TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (campaign_id, first_trade_id),
    FOREIGN KEY (user_id, campaign_id) REFERENCES position_campaigns (user_id, id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    FOREIGN KEY (user_id, first_trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- A trade through zero stands in a leg of either campaign, with its part of the quantity.
CREATE TABLE leg_trade_map (
    campaign_id INTEGER NOT NULL,
    trade_id INTEGER NOT NULL,
    -- The leg's.
    first_trade_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    allocated_qty TEXT NOT NULL CHECK (allocated_qty <> '0' AND substr(allocated_qty, 1, 1) <> '-'),
    PRIMARY KEY (campaign_id, trade_id),
    FOREIGN KEY (user_id, campaign_id) REFERENCES position_campaigns (user_id, id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    FOREIGN KEY (user_id, trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE position_lots (
    campaign_id INTEGER NOT NULL,
    -- A lot is known by the trade that opened it.
    trade_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    -- The trade's place in the order of truth.
    opened_at TEXT NOT NULL,
    broker_trade_id TEXT NOT NULL,
    quantity TEXT NOT NULL CHECK (quantity <> '0' AND substr(quantity, 1, 1) <> '-'),
    -- What was paid for it when long, minus what was received when short.
    cost TEXT NOT NULL,
    open_quantity TEXT NOT NULL CHECK (substr(open_quantity, 1, 1) <> '-'),
    open_cost TEXT NOT NULL,
    PRIMARY KEY (campaign_id, trade_id),
    FOREIGN KEY (user_id, campaign_id) REFERENCES position_campaigns (user_id, id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    FOREIGN KEY (user_id, trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- First in, first out, and the other way round.
CREATE INDEX position_lots_open ON position_lots (campaign_id, opened_at, broker_trade_id)
    WHERE open_quantity <> '0';

CREATE TABLE lot_closures (
    campaign_id INTEGER NOT NULL,
    -- The trade that closes, and the one that opened the lot.
    trade_id INTEGER NOT NULL,
    lot_trade_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    quantity TEXT NOT NULL CHECK (quantity <> '0' AND substr(quantity, 1, 1) <> '-'),
    -- What the closed part had cost, and what came in for it; both below zero when short.
    cost TEXT NOT NULL,
    proceeds TEXT NOT NULL,
    realized_pnl TEXT NOT NULL,
    PRIMARY KEY (campaign_id, trade_id, lot_trade_id),
    FOREIGN KEY (user_id, campaign_id) REFERENCES position_campaigns (user_id, id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    FOREIGN KEY (user_id, trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, lot_trade_id) REFERENCES trades (user_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

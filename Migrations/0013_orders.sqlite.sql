-- Orders that their senders report, and the runs of strategies that tell they are alive.

-- The furthest state that was reported; NULL for an order that nobody has reported. status follows
-- from it and from the order's trades.
ALTER TABLE orders ADD COLUMN reported_status TEXT CHECK (reported_status IN (
    'DRAFT', 'SIMULATED', 'PENDING', 'NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'REJECTED',
    'EXPIRED', 'DENIED'));
-- As the broker states it; filled_quantity is the sum of the order's trades.
ALTER TABLE orders ADD COLUMN reported_filled_quantity TEXT
    CHECK (substr(reported_filled_quantity, 1, 1) <> '-');
-- Of which instants the reports are that told the figures: an object of times by column.
ALTER TABLE orders ADD COLUMN told_at_json TEXT NOT NULL DEFAULT '{}';
-- When its owner was told that more was filled than ordered: once for an order.
ALTER TABLE orders ADD COLUMN overfill_noted_at TEXT;

-- Lists, newest first: of one state, of all.
DROP INDEX orders_by_status;
DROP INDEX orders_by_time;
CREATE INDEX orders_by_status ON orders (portfolio_id, status, placed_at, id);
CREATE INDEX orders_by_time ON orders (portfolio_id, placed_at, id);

-- A trade that names an order stands in one of these: while the order is not known, by the names,
-- so that the order's report finds it; then by the order, which costs a fill less.
CREATE INDEX trades_without_order ON trades (portfolio_id, broker_order_id, client_order_id)
    WHERE order_id IS NULL AND (broker_order_id IS NOT NULL OR client_order_id IS NOT NULL);
CREATE INDEX trades_by_order ON trades (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE strategy_runs (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    strategy_id INTEGER NOT NULL,
    -- The sender's name of the run; NULL for a sender that gives none.
    run_id TEXT,
    status TEXT NOT NULL CHECK (status IN ('RUNNING', 'STOPPING', 'STOPPED')),
    started_at TEXT NOT NULL,
    last_beat_at TEXT NOT NULL,
    ended_at TEXT,
    beats INTEGER NOT NULL DEFAULT 1,
    -- Within so many seconds the next beat was promised, and when that is; NULL without a promise.
    expect_within_seconds INTEGER CHECK (expect_within_seconds > 0),
    due_at TEXT,
    -- Since when it is silent although it promised, and when its owner was told.
    silent_since TEXT,
    notified_at TEXT,
    meta_json TEXT NOT NULL DEFAULT '{}',
    UNIQUE (user_id, id),
    UNIQUE (strategy_id, run_id),
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id) ON DELETE CASCADE
) STRICT;
-- A strategy has one open run without a name at most.
CREATE UNIQUE INDEX strategy_runs_unnamed ON strategy_runs (strategy_id)
    WHERE run_id IS NULL AND ended_at IS NULL;
CREATE INDEX strategy_runs_by_beat ON strategy_runs (strategy_id, last_beat_at, id);
CREATE INDEX strategy_runs_due ON strategy_runs (due_at)
    WHERE due_at IS NOT NULL AND silent_since IS NULL;

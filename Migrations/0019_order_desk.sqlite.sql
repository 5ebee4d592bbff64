-- Orders that are placed through a gateway, and what is on its way to it.

-- The code of the broker through whose gateway it is placed; NULL for an order that somebody else
-- placed and reported.
ALTER TABLE orders ADD COLUMN gateway TEXT;
-- How far a trailing stop stays behind the best price: one of both.
ALTER TABLE orders ADD COLUMN trail_amount TEXT;
ALTER TABLE orders ADD COLUMN trail_percent TEXT;
ALTER TABLE orders ADD COLUMN is_reduce_only INTEGER NOT NULL DEFAULT 0
    CHECK (is_reduce_only IN (0, 1));
-- What was asked for, so that the same request under the same client_order_id is known again.
ALTER TABLE orders ADD COLUMN request TEXT;
-- When its stop price was reached.
ALTER TABLE orders ADD COLUMN triggered_at TEXT;
-- Why it was denied, rejected or canceled, for people.
ALTER TABLE orders ADD COLUMN reason TEXT;
-- How an order that closed a position came about.
ALTER TABLE orders ADD COLUMN close_reason TEXT
    CHECK (close_reason IN ('TP_HIT', 'SL_HIT', 'MANUAL_CLOSE', 'EXPIRED'));
-- What the gateways work on, read at every start.
CREATE INDEX orders_at_gateways ON orders (gateway, status) WHERE gateway IS NOT NULL;

-- How much is offered at bid and ask; NULL: as much as anybody wants.
ALTER TABLE quotes ADD COLUMN bid_size TEXT;
ALTER TABLE quotes ADD COLUMN ask_size TEXT;

-- Calls that leave for a gateway after the commit that stored them. SENDING is one that may have
-- reached the broker: it is never made again but asked for.
CREATE TABLE order_submissions (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('PLACE', 'CANCEL', 'REPLACE')),
    -- The new terms of a REPLACE.
    terms_json TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL DEFAULT 'WAITING'
        CHECK (state IN ('WAITING', 'SENDING', 'UNKNOWN', 'DONE', 'FAILED')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    error TEXT,
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, order_id) REFERENCES orders (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX order_submissions_due ON order_submissions (state, due_at, id);
CREATE INDEX order_submissions_by_order ON order_submissions (order_id);

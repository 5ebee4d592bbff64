-- Shared reference data: what can be traded, what it was last quoted at, what currencies cost.

CREATE TABLE instruments (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    symbol TEXT NOT NULL,
    exchange TEXT,
    asset_type TEXT NOT NULL CHECK (asset_type IN (
        'CRYPTO', 'EQUITY', 'ETF', 'FUND', 'FUTURE', 'FOREX', 'OPTION', 'INDEX', 'BOND', 'CFD',
        'WARRANT')),
    currency TEXT NOT NULL,
    multiplier TEXT NOT NULL DEFAULT '1' CHECK (multiplier <> '0' AND substr(multiplier, 1, 1) <> '-'),
    tick_size TEXT,
    lot_size TEXT,
    -- The option contract as UNDERLYING|YYYY-MM-DD|STRIKE|C or P; NULL for anything else.
    contract TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX instruments_identity ON instruments (
    symbol, COALESCE(exchange, ''), asset_type, currency, COALESCE(contract, ''));
CREATE INDEX instruments_by_type ON instruments (asset_type);

CREATE TABLE quotes (
    instrument_id INTEGER NOT NULL PRIMARY KEY REFERENCES instruments (id),
    bid TEXT,
    ask TEXT,
    last TEXT,
    quoted_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE fx_rates (
    base_currency TEXT NOT NULL,
    quote_currency TEXT NOT NULL,
    day TEXT NOT NULL,
    rate TEXT NOT NULL CHECK (rate <> '0' AND substr(rate, 1, 1) <> '-'),
    updated_at TEXT NOT NULL,
    PRIMARY KEY (base_currency, quote_currency, day)
) STRICT;

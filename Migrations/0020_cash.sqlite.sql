-- The money of accounts: what was paid in and out, and what portfolios were worth day by day.

-- Facts: entries are added, never edited.
CREATE TABLE cash_entries (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('DEPOSIT', 'WITHDRAWAL', 'ADJUSTMENT')),
    currency TEXT NOT NULL,
    -- Above zero what came in, below zero what went out.
    amount TEXT NOT NULL CHECK (amount <> '0'),
    note TEXT,
    created_at TEXT NOT NULL,
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX cash_entries_by_account ON cash_entries (account_id);

-- One row for each UTC day on which a portfolio's equity was seen.
CREATE TABLE equity_days (
    user_id INTEGER NOT NULL,
    portfolio_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    -- The base currency of the portfolio's account.
    currency TEXT NOT NULL,
    opening TEXT NOT NULL,
    highest TEXT NOT NULL,
    lowest TEXT NOT NULL,
    closing TEXT NOT NULL,
    -- All that was ever paid in, minus what was paid out, as far as the figures contain it.
    deposits TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (portfolio_id, day),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE
) STRICT;

-- Every paper account begins with play money.
INSERT INTO cash_entries (uid, user_id, account_id, kind, currency, amount, created_at)
SELECT a.uid || '-cash', a.user_id, a.id, 'DEPOSIT', a.base_currency, '100000', a.created_at
FROM accounts a
JOIN brokers b ON b.id = a.broker_id
WHERE b.code = 'PAPER';

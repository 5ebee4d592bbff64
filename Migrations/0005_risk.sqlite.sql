-- Risk rules and the stored facts that they were exceeded.

CREATE TABLE risk_policies (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    scope_type TEXT NOT NULL CHECK (scope_type IN ('USER', 'PORTFOLIO', 'STRATEGY')),
    -- The id in users, portfolios or strategies. The columns below name the same row, so that it
    -- can't be another user's.
    scope_id INTEGER NOT NULL,
    portfolio_id INTEGER,
    strategy_id INTEGER,
    name TEXT NOT NULL,
    config_json TEXT NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (user_id, name),
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id) ON DELETE CASCADE,
    CHECK (
        (scope_type = 'USER' AND scope_id = user_id AND portfolio_id IS NULL
            AND strategy_id IS NULL)
        OR (scope_type = 'PORTFOLIO' AND scope_id = portfolio_id AND strategy_id IS NULL)
        OR (scope_type = 'STRATEGY' AND scope_id = strategy_id AND portfolio_id IS NULL))
) STRICT;
CREATE INDEX risk_policies_by_scope ON risk_policies (scope_type, scope_id);
CREATE INDEX risk_policies_by_activity ON risk_policies (is_active);

CREATE TABLE risk_breaches (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    policy_id INTEGER NOT NULL,
    portfolio_id INTEGER,
    instrument_id INTEGER REFERENCES instruments (id),
    observed_json TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN (
        'BLOCKED', 'WARNED', 'REDUCED_SIZE', 'CLOSED_POSITION')),
    created_at TEXT NOT NULL,
    FOREIGN KEY (user_id, policy_id) REFERENCES risk_policies (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX risk_breaches_by_policy ON risk_breaches (policy_id, created_at);

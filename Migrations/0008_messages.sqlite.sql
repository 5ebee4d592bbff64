-- What came in over Telegram, what goes out, and who may post over HTTP.

CREATE TABLE inbox (
    update_id INTEGER NOT NULL PRIMARY KEY,
    received_at TEXT NOT NULL
) STRICT;

CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    chat_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    payload_json TEXT NOT NULL,
    created_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    sent_at TEXT,
    -- The message's id in its chat once it was sent; needed to edit it.
    message_id INTEGER,
    failure TEXT
) STRICT;
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL AND failure IS NULL;
CREATE INDEX outbox_by_user ON outbox (user_id);

CREATE TABLE api_tokens (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- SHA-256 of the token, in hexadecimal; the token itself is kept nowhere.
    token_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    portfolio_id INTEGER,
    strategy_id INTEGER,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    last_used_at TEXT,
    revoked_at TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (user_id, name),
    FOREIGN KEY (user_id, portfolio_id) REFERENCES portfolios (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, strategy_id) REFERENCES strategies (user_id, id) ON DELETE CASCADE
) STRICT;

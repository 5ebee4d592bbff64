-- What was proposed in chat and waits for its Confirm button.

CREATE TABLE pending_actions (
    id INTEGER NOT NULL PRIMARY KEY,
    -- The single-use token that the buttons carry.
    uid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The Telegram update that asked for it: delivered again it proposes nothing new.
    update_id INTEGER,
    kind TEXT NOT NULL,
    content_json TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    -- Once and for all: what was decided stays, also where carrying it out has to be tried again.
    decision TEXT CHECK (decision IN ('confirm', 'discard')),
    decided_at TEXT,
    done_at TEXT,
    result_json TEXT,
    UNIQUE (user_id, id),
    UNIQUE (user_id, update_id)
) STRICT;

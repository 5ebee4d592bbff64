-- Updates wait here until they are answered, and messages are told apart by how far they got.

-- The chat in whose line the update stands, and what it says, until it is answered.
ALTER TABLE inbox ADD COLUMN chat_id INTEGER;
ALTER TABLE inbox ADD COLUMN content_json TEXT;
-- When it had its effect; NULL for an update that has none of its own, or not yet.
ALTER TABLE inbox ADD COLUMN acted_at TEXT;
-- When there was nothing left to be said to it.
ALTER TABLE inbox ADD COLUMN answered_at TEXT;
UPDATE inbox SET acted_at = received_at, answered_at = received_at;
CREATE INDEX inbox_unanswered ON inbox (chat_id, update_id) WHERE content_json IS NOT NULL;

-- When sending it was begun and its end is not known: it may have gone out.
ALTER TABLE outbox ADD COLUMN begun_at TEXT;
-- Not to be sent before this.
ALTER TABLE outbox ADD COLUMN held_until TEXT;
-- The id of the same user's message that tells of this one together with others.
ALTER TABLE outbox ADD COLUMN merged_into INTEGER;
DROP INDEX outbox_unsent;
DROP INDEX outbox_by_user;
CREATE INDEX outbox_unsent ON outbox (id)
    WHERE sent_at IS NULL AND failure IS NULL AND merged_into IS NULL;
CREATE INDEX outbox_by_user ON outbox (user_id, id);

-- Since when the bot can't write to them: it was blocked, or they never opened the chat.
ALTER TABLE users ADD COLUMN unreachable_since TEXT;

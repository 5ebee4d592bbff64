-- When people were last heard of in chat, which portfolios are put away, and what admins read of
-- the audit log.

ALTER TABLE users ADD COLUMN last_seen_at TIMESTAMPTZ;
ALTER TABLE portfolios ADD COLUMN archived_at TIMESTAMPTZ;

-- Nearly every row tells of a trade: the others are found without reading past those, and storing
-- a trade costs no more than before.
CREATE INDEX audit_log_notable ON audit_log (id) WHERE entity_type <> 'TRADE';

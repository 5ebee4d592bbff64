DROP INDEX audit_log_notable;
ALTER TABLE portfolios DROP COLUMN archived_at;
ALTER TABLE users DROP COLUMN last_seen_at;

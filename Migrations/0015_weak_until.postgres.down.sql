ALTER TABLE hooks DROP COLUMN weak_until;

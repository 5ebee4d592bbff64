-- Until when a freqtrade hook's fills came as messages: what was filled by then is not pulled too.

ALTER TABLE hooks ADD COLUMN weak_until TIMESTAMPTZ;
UPDATE hooks SET weak_until = last_called_at
WHERE kind = 'freqtrade' AND rest_bot IS NULL AND fills > 0;

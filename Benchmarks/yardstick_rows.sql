-- What the yardsticks of ingest.py hang their rows on, in either database: one user with the eight
-- portfolios and strategies of the streams, and their eight instruments.
INSERT INTO users (id, uid, telegram_user_id, created_at)
VALUES (1, 'user', '1', '2025-01-01T00:00:00.000000Z');
INSERT INTO accounts (id, uid, user_id, broker_id, name, created_at)
SELECT 1, 'account', 1, id, 'account', '2025-01-01T00:00:00.000000Z'
FROM brokers
WHERE code = 'BINANCE';
INSERT INTO portfolios (id, uid, user_id, account_id, name, created_at)
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 7)
SELECT n + 1, 'portfolio ' || n, 1, 1, 'p' || n, '2025-01-01T00:00:00.000000Z'
FROM numbers;
INSERT INTO strategies (id, uid, user_id, name, created_at)
SELECT id, uid, 1, 's' || (id - 1), created_at
FROM portfolios;
INSERT INTO instruments (id, uid, symbol, exchange, asset_type, currency, created_at) VALUES
    (1, 'BTC', 'BTCUSDT', 'BINANCE', 'CRYPTO', 'USDT', '2025-01-01T00:00:00.000000Z'),
    (2, 'ETH', 'ETHUSDT', 'BINANCE', 'CRYPTO', 'USDT', '2025-01-01T00:00:00.000000Z'),
    (3, 'SOL', 'SOLUSDT', 'BINANCE', 'CRYPTO', 'USDT', '2025-01-01T00:00:00.000000Z'),
    (4, 'XRP', 'XRPUSDT', 'BINANCE', 'CRYPTO', 'USDT', '2025-01-01T00:00:00.000000Z'),
    (5, 'ADA', 'ADAUSDT', 'BINANCE', 'CRYPTO', 'USDT', '2025-01-01T00:00:00.000000Z'),
    (6, 'BNB', 'BNBUSDT', 'BINANCE', 'CRYPTO', 'USDT', '2025-01-01T00:00:00.000000Z'),
    (7, 'DOT', 'DOTUSDT', 'BINANCE', 'CRYPTO', 'USDT', '2025-01-01T00:00:00.000000Z'),
    (8, 'LTC', 'LTCUSDT', 'BINANCE', 'CRYPTO', 'USDT', '2025-01-01T00:00:00.000000Z');

DROP TABLE daily_pnl;
DROP TABLE positions;
DROP TABLE trades;
DROP TABLE orders;

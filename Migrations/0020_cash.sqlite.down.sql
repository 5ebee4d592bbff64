DROP TABLE equity_days;
DROP TABLE cash_entries;

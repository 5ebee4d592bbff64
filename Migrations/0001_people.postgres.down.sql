DROP TABLE strategies;
DROP TABLE portfolios;
DROP TABLE accounts;
DROP TABLE brokers;
DROP TABLE users;

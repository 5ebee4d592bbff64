DROP TABLE fx_rates;
DROP TABLE quotes;
DROP TABLE instruments;

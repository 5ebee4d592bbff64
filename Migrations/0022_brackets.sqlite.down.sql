DROP TABLE bracket_orders;
DROP TABLE brackets;

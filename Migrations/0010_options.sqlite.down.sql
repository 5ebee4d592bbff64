DROP TABLE option_contracts;

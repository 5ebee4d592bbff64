DROP TABLE risk_breaches;
DROP TABLE risk_policies;

DROP TABLE hook_positions;
DROP TABLE hook_deliveries;
DROP TABLE hooks;

DROP TABLE screeners;
DROP TABLE schedules;
DROP TABLE alerts;

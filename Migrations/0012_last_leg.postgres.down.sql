DROP INDEX campaign_legs_by_number;

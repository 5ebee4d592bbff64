-- The next fill joins a campaign's last leg or follows it: found without a look at all the others,
-- of which a position that is never flat has many.
CREATE INDEX campaign_legs_by_number ON campaign_legs (campaign_id, leg_number);

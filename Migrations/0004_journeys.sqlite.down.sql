DROP TABLE lot_closures;
DROP TABLE position_lots;
DROP TABLE leg_trade_map;
DROP TABLE campaign_legs;
DROP TABLE position_campaigns;

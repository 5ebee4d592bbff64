DROP TABLE fill_news;
DROP TABLE user_settings;

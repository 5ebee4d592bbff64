DROP TABLE api_tokens;
DROP TABLE outbox;
DROP TABLE inbox;

-- Under which id the request that wrote a letter stands in the log.
ALTER TABLE letters ADD COLUMN request_id TEXT;

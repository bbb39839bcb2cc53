ALTER TABLE sessions DROP COLUMN by_link;
ALTER TABLE sessions DROP COLUMN device;
DROP TABLE sign_in_links;
DROP TABLE sign_in_attempts;

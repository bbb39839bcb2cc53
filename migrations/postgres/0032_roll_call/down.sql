DROP TABLE roll_calls;
DROP TABLE name_erasures;
DROP TABLE named_visits;
ALTER TABLE house_settings DROP COLUMN named_visits;

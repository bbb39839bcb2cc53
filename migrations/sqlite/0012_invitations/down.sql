ALTER TABLE letters DROP COLUMN calendar;

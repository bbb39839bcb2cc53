ALTER TABLE letters DROP COLUMN good_until;

DROP TABLE expected_visitors;
ALTER TABLE people DROP COLUMN arrival_letters;

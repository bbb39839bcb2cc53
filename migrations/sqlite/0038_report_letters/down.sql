DROP TABLE report_letters;
ALTER TABLE people DROP COLUMN report_letters;

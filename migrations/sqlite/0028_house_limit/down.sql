ALTER TABLE house_settings DROP COLUMN house_max_persons;

ALTER TABLE house_settings DROP COLUMN visit_sources;
DROP TABLE door_counts;
DROP TABLE door_counters;

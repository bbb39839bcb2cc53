DROP INDEX visits_by_device;
ALTER TABLE visits DROP COLUMN device_id;
DROP TABLE devices;

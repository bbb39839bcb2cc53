DROP INDEX closures_by_repeat;
ALTER TABLE closures DROP COLUMN repeat_id;
DROP TABLE half_days;
DROP INDEX bookings_by_series;
DROP TABLE series_dates;
DROP TABLE series;

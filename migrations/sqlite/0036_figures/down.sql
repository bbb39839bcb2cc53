DROP TABLE goals;
DROP TABLE unmet_requests;
ALTER TABLE bookings DROP COLUMN decided_at;
ALTER TABLE bookings DROP COLUMN cancelled_at;

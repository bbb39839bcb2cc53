ALTER TABLE bookings DROP COLUMN reminded_of;
ALTER TABLE people DROP COLUMN reminders;

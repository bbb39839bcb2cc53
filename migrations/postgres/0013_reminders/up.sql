-- Does the person want a letter a day before a gathering?
ALTER TABLE people ADD COLUMN reminders boolean NOT NULL DEFAULT true;
-- The start of which its booker was reminded: another start is reminded of anew.
ALTER TABLE bookings ADD COLUMN reminded_of timestamp;

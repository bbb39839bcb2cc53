-- Does the person want a letter a day before a gathering?
ALTER TABLE people ADD COLUMN reminders INTEGER NOT NULL DEFAULT 1 CHECK (reminders IN (0, 1));
-- The start of which its booker was reminded: another start is reminded of anew.
ALTER TABLE bookings ADD COLUMN reminded_of TEXT CHECK (reminded_of = datetime(reminded_of));

ALTER TABLE house_settings DROP COLUMN ask_participants;
ALTER TABLE house_settings DROP COLUMN no_show_minutes;
ALTER TABLE house_settings DROP COLUMN waitlist_hold_hours;

-- For so many hours a freed time is held for whoever waits for it.
ALTER TABLE house_settings ADD COLUMN waitlist_hold_hours integer NOT NULL DEFAULT 12 CHECK (waitlist_hold_hours BETWEEN 1 AND 72);
-- So many minutes after its start a gathering to which nobody came gives its room to whoever waits for it; never, if there is none.
ALTER TABLE house_settings ADD COLUMN no_show_minutes integer CHECK (no_show_minutes BETWEEN 5 AND 120);
-- Is the organiser asked by letter how many came?
ALTER TABLE house_settings ADD COLUMN ask_participants boolean NOT NULL DEFAULT true;

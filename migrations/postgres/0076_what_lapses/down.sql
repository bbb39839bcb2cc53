ALTER TABLE idempotency_keys ALTER COLUMN answer DROP NOT NULL;
CREATE INDEX waitlist_waiting ON waitlist (ends_at) WHERE status = 'waiting';
CREATE INDEX waitlist_offered ON waitlist (held_until) WHERE status = 'offered';
DROP INDEX shift_notes_by_time;
DROP INDEX membership_invitations_by_address;
DROP INDEX people_asked;
ALTER TABLE people DROP COLUMN asked_at;

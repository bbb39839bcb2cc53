DROP INDEX people_asked;
ALTER TABLE people DROP COLUMN asked_at;
DROP TABLE membership_invitations;

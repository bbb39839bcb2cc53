-- What the letter does to its reader's calendar (RFC 6047): an invitation, or one taken back. Empty once the text is forgotten.
ALTER TABLE letters ADD COLUMN calendar TEXT;

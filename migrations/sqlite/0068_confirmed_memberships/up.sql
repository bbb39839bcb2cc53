-- Whom an association has asked to join, and who has not answered. Apart from the memberships, all of which are confirmed therefore: a
-- question can't be taken for an answer, wherever members are looked up. It has a key of its own, since that of an account would tell that
-- there is one and since when. Until somebody has looked whose address it is, it is nobody's.
CREATE TABLE membership_invitations (
  id TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  person_id TEXT REFERENCES people (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  organisation_admin INTEGER NOT NULL CHECK (organisation_admin IN (0, 1)),
  link_hash TEXT,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  UNIQUE (organisation_id, email_key)
) STRICT;
CREATE INDEX membership_invitations_by_person ON membership_invitations (person_id);
CREATE INDEX membership_invitations_by_age ON membership_invitations (created_at);

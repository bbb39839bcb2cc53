-- Whom an association has asked to join, and who has not answered. Apart from the memberships, all of which are confirmed therefore: a
-- question can't be taken for an answer, wherever members are looked up. It has a key of its own, since that of an account would tell that
-- there is one and since when. Until somebody has looked whose address it is, it is nobody's.
CREATE TABLE membership_invitations (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  person_id uuid REFERENCES people (id) ON DELETE CASCADE,
  email text NOT NULL,
  email_key text NOT NULL,
  name text NOT NULL,
  name_key text NOT NULL,
  organisation_admin boolean NOT NULL,
  link_hash text,
  created_at timestamp NOT NULL,
  UNIQUE (organisation_id, email_key)
);
CREATE INDEX membership_invitations_by_person ON membership_invitations (person_id);
CREATE INDEX membership_invitations_by_age ON membership_invitations (created_at);

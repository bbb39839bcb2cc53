-- Tries to sign in that have failed, by a hash of the account's address or of the network's, so that guessing gets slower. Forgotten
-- after a day.
CREATE TABLE sign_in_attempts (
  key text NOT NULL PRIMARY KEY,
  failures integer NOT NULL CHECK (failures >= 0),
  last_at timestamp NOT NULL
);
CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (last_at);

-- Links by mail that sign in: once, for ten minutes, and only in the browser that asked for it.
CREATE TABLE sign_in_links (
  token_hash text NOT NULL PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  browser_hash text NOT NULL,
  -- A hash of the network, or of the browser if the owner has signed in with it before: letters are counted by it.
  asker_hash text NOT NULL,
  created_at timestamp NOT NULL,
  expires_at timestamp NOT NULL,
  used_at timestamp
);
CREATE INDEX sign_in_links_by_person ON sign_in_links (person_id, created_at);
CREATE INDEX sign_in_links_by_expiry ON sign_in_links (expires_at);

-- On what somebody signed in, in two words for its list of sessions: a browser and a system, no version.
ALTER TABLE sessions ADD COLUMN device text NOT NULL DEFAULT '';
-- Began by a link in a letter: then the password may be set without the old one, for a quarter of an hour.
ALTER TABLE sessions ADD COLUMN by_link boolean NOT NULL DEFAULT false;

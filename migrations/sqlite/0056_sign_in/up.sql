-- Tries to sign in that have failed, by a hash of the account's address or of the network's, so that guessing gets slower. Forgotten
-- after a day.
CREATE TABLE sign_in_attempts (
  key TEXT NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL CHECK (failures >= 0),
  last_at TEXT NOT NULL CHECK (last_at = datetime(last_at))
) STRICT;
CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (last_at);

-- Links by mail that sign in: once, for ten minutes, and only in the browser that asked for it.
CREATE TABLE sign_in_links (
  token_hash TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  browser_hash TEXT NOT NULL,
  -- A hash of the network, or of the browser if the owner has signed in with it before: letters are counted by it.
  asker_hash TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  expires_at TEXT NOT NULL CHECK (expires_at = datetime(expires_at)),
  used_at TEXT CHECK (used_at = datetime(used_at))
) STRICT;
CREATE INDEX sign_in_links_by_person ON sign_in_links (person_id, created_at);
CREATE INDEX sign_in_links_by_expiry ON sign_in_links (expires_at);

-- On what somebody signed in, in two words for its list of sessions: a browser and a system, no version.
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
-- Began by a link in a letter: then the password may be set without the old one, for a quarter of an hour.
ALTER TABLE sessions ADD COLUMN by_link INTEGER NOT NULL DEFAULT 0 CHECK (by_link IN (0, 1));

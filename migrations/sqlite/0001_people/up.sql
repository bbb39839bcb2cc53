CREATE TABLE people (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('booker', 'reception', 'admin')),
  language TEXT NOT NULL CHECK (language IN ('sv', 'en')),
  disabled_at TEXT CHECK (disabled_at = datetime(disabled_at)),
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  updated_at TEXT NOT NULL CHECK (updated_at = datetime(updated_at))
) STRICT;
CREATE INDEX people_by_name ON people (name_key, id);

CREATE TABLE credentials (
  person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
  password_hash TEXT NOT NULL,
  updated_at TEXT NOT NULL CHECK (updated_at = datetime(updated_at))
) STRICT;

-- One row for each sign-in: the family of refresh tokens that it hands out one after the other.
CREATE TABLE sessions (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  last_used_at TEXT NOT NULL CHECK (last_used_at = datetime(last_used_at)),
  expires_at TEXT NOT NULL CHECK (expires_at = datetime(expires_at)),
  revoked_at TEXT CHECK (revoked_at = datetime(revoked_at))
) STRICT;
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
  token_hash TEXT NOT NULL PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  used_at TEXT CHECK (used_at = datetime(used_at))
) STRICT;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Links that let somebody set a password once. Without a person: the link for the house's first admin.
CREATE TABLE one_time_links (
  token_hash TEXT NOT NULL PRIMARY KEY,
  person_id TEXT REFERENCES people (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  expires_at TEXT NOT NULL CHECK (expires_at = datetime(expires_at)),
  used_at TEXT CHECK (used_at = datetime(used_at))
) STRICT;
CREATE INDEX one_time_links_by_person ON one_time_links (person_id);

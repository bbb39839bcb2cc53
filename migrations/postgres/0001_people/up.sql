CREATE TABLE people (
  id uuid PRIMARY KEY,
  email text NOT NULL,
  email_key text NOT NULL UNIQUE,
  name text NOT NULL,
  name_key text NOT NULL,
  role text NOT NULL CHECK (role IN ('booker', 'reception', 'admin')),
  language text NOT NULL CHECK (language IN ('sv', 'en')),
  disabled_at timestamp,
  version integer NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL
);
CREATE INDEX people_by_name ON people (name_key, id);

CREATE TABLE credentials (
  person_id uuid PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
  password_hash text NOT NULL,
  updated_at timestamp NOT NULL
);

-- One row for each sign-in: the family of refresh tokens that it hands out one after the other.
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  created_at timestamp NOT NULL,
  last_used_at timestamp NOT NULL,
  expires_at timestamp NOT NULL,
  revoked_at timestamp
);
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
  token_hash text PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  created_at timestamp NOT NULL,
  used_at timestamp
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Links that let somebody set a password once. Without a person: the link for the house's first admin.
CREATE TABLE one_time_links (
  token_hash text PRIMARY KEY,
  person_id uuid REFERENCES people (id) ON DELETE CASCADE,
  created_at timestamp NOT NULL,
  expires_at timestamp NOT NULL,
  used_at timestamp
);
CREATE INDEX one_time_links_by_person ON one_time_links (person_id);

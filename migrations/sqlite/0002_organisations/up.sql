CREATE TABLE organisations (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('association', 'social_enterprise', 'municipality', 'company', 'study_association', 'network', 'other')),
  org_number TEXT UNIQUE,
  email TEXT,
  phone TEXT,
  tenant INTEGER NOT NULL CHECK (tenant IN (0, 1)),
  protected INTEGER NOT NULL CHECK (protected IN (0, 1)),
  status TEXT NOT NULL CHECK (status IN ('active', 'blocked', 'ended')),
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  updated_at TEXT NOT NULL CHECK (updated_at = datetime(updated_at))
) STRICT;
CREATE INDEX organisations_by_name ON organisations (name_key, id);

CREATE TABLE memberships (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  organisation_admin INTEGER NOT NULL CHECK (organisation_admin IN (0, 1)),
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  PRIMARY KEY (organisation_id, person_id)
) STRICT;
CREATE INDEX memberships_by_person ON memberships (person_id);

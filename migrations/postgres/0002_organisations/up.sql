CREATE TABLE organisations (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('association', 'social_enterprise', 'municipality', 'company', 'study_association', 'network', 'other')),
  org_number text UNIQUE,
  email text,
  phone text,
  tenant boolean NOT NULL,
  protected boolean NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'blocked', 'ended')),
  version integer NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL
);
CREATE INDEX organisations_by_name ON organisations (name_key, id);

CREATE TABLE memberships (
  organisation_id uuid NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  organisation_admin boolean NOT NULL,
  version integer NOT NULL,
  created_at timestamp NOT NULL,
  PRIMARY KEY (organisation_id, person_id)
);
CREATE INDEX memberships_by_person ON memberships (person_id);

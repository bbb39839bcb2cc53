-- Devices that count and do nothing else: a tablet by the door with a token of its own, or a poster whose code everybody may read.
CREATE TABLE devices (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('kiosk', 'poster')),
  name TEXT NOT NULL,
  -- Of a kiosk that is paired: SHA-256 of its token.
  token_hash TEXT UNIQUE,
  -- Of a kiosk that is to be paired: SHA-256 of the code, good once and for a few minutes.
  pairing_hash TEXT UNIQUE,
  pairing_until TEXT CHECK (pairing_until = datetime(pairing_until)),
  -- Of a poster: what stands in its link.
  code TEXT UNIQUE,
  created_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  revoked_at TEXT CHECK (revoked_at = datetime(revoked_at)),
  CHECK ((kind = 'poster') = (code IS NOT NULL)),
  CHECK (kind = 'kiosk' OR (token_hash IS NULL AND pairing_hash IS NULL)),
  CHECK ((pairing_hash IS NULL) = (pairing_until IS NULL)),
  CHECK (revoked_at IS NULL OR (token_hash IS NULL AND pairing_hash IS NULL))
) STRICT;
CREATE INDEX devices_by_creator ON devices (created_by) WHERE created_by IS NOT NULL;

-- Which device counted, where it was no person.
ALTER TABLE visits ADD COLUMN device_id TEXT REFERENCES devices (id);
CREATE INDEX visits_by_device ON visits (device_id, recorded_at) WHERE device_id IS NOT NULL;

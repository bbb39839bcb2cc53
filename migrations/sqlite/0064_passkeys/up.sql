-- Passkeys (WebAuthn): keys on people's own devices that sign in by themselves. `credential` has the public key and the counter of
-- the last signature.
CREATE TABLE passkeys (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  -- By what the device calls it, in base 64.
  credential_key TEXT NOT NULL UNIQUE,
  credential TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  last_used_at TEXT CHECK (last_used_at = datetime(last_used_at))
) STRICT;
CREATE INDEX passkeys_by_person ON passkeys (person_id, created_at);

-- What a device is asked to sign: once, for five minutes, for the browser or the session that asked. Without a person it is for
-- signing in, otherwise for adding a key to that account.
CREATE TABLE passkey_challenges (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT REFERENCES people (id) ON DELETE CASCADE,
  holder_hash TEXT NOT NULL,
  -- A hash of the network: what strangers ask for is counted by it.
  network_hash TEXT,
  state TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  expires_at TEXT NOT NULL CHECK (expires_at = datetime(expires_at))
) STRICT;
CREATE INDEX passkey_challenges_by_person ON passkey_challenges (person_id);
CREATE INDEX passkey_challenges_by_network ON passkey_challenges (network_hash, expires_at);
CREATE INDEX passkey_challenges_by_expiry ON passkey_challenges (expires_at);

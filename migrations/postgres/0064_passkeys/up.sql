-- Passkeys (WebAuthn): keys on people's own devices that sign in by themselves. `credential` has the public key and the counter of
-- the last signature.
CREATE TABLE passkeys (
  id uuid NOT NULL PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name text NOT NULL,
  -- By what the device calls it, in base 64.
  credential_key text NOT NULL UNIQUE,
  credential text NOT NULL,
  created_at timestamp NOT NULL,
  last_used_at timestamp
);
CREATE INDEX passkeys_by_person ON passkeys (person_id, created_at);

-- What a device is asked to sign: once, for five minutes, for the browser or the session that asked. Without a person it is for
-- signing in, otherwise for adding a key to that account.
CREATE TABLE passkey_challenges (
  id uuid NOT NULL PRIMARY KEY,
  person_id uuid REFERENCES people (id) ON DELETE CASCADE,
  holder_hash text NOT NULL,
  -- A hash of the network: what strangers ask for is counted by it.
  network_hash text,
  state text NOT NULL,
  created_at timestamp NOT NULL,
  expires_at timestamp NOT NULL
);
CREATE INDEX passkey_challenges_by_person ON passkey_challenges (person_id);
CREATE INDEX passkey_challenges_by_network ON passkey_challenges (network_hash, expires_at);
CREATE INDEX passkey_challenges_by_expiry ON passkey_challenges (expires_at);

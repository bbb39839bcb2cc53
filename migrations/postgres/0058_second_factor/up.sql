-- A second factor: digits from an app (TOTP, RFC 6238). Of the secret only the salt is stored, from which the house's own secret
-- makes it; `totp_step` is the last half minute whose digits were used, so that none are used twice.
ALTER TABLE people ADD COLUMN totp_salt text;
ALTER TABLE people ADD COLUMN totp_since timestamp;
ALTER TABLE people ADD COLUMN totp_step bigint NOT NULL DEFAULT 0 CHECK (totp_step >= 0);

-- Codes on paper for the day the phone is gone, each good once.
CREATE TABLE recovery_codes (
  code_hash text NOT NULL PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  used_at timestamp
);
CREATE INDEX recovery_codes_by_person ON recovery_codes (person_id);

-- Came in by two factors.
ALTER TABLE sessions ADD COLUMN second_factor boolean NOT NULL DEFAULT false;
-- An admin runs the house only with a second factor.
ALTER TABLE house_settings ADD COLUMN second_factor_required boolean NOT NULL DEFAULT true;

DELETE FROM idempotency_keys;
ALTER TABLE idempotency_keys ADD COLUMN claim uuid NOT NULL;
ALTER TABLE idempotency_keys ADD COLUMN claimed_until timestamp NOT NULL;

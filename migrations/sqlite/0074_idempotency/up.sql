-- The answer alone, written in the transaction of the work. A claim of its own before it outlived its claimant for a minute, and an answer
-- whose commit went through while the connection was lost was taken for a claim and thrown away.
DELETE FROM idempotency_keys WHERE answer IS NULL;
ALTER TABLE idempotency_keys DROP COLUMN claim;
ALTER TABLE idempotency_keys DROP COLUMN claimed_until;

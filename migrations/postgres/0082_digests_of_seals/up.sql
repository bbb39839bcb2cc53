-- A seal covers what it says of itself too, and a digest of its entries, so that it can be worked out anew when they have been pruned.
-- What was sealed before is sealed anew by the next round: nobel21 doctor says before this version is started whether it was whole.
-- contract: since 0.1.0; a process of the version before seals nothing until it ends, and what it writes is sealed by the next.
CREATE INDEX audit_log_unsealed ON audit_log (id) WHERE seal IS NULL;
ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only;
ALTER TABLE audit_seals DISABLE TRIGGER audit_seals_append_only;
UPDATE audit_log SET seal = NULL;
DELETE FROM audit_seals;
ALTER TABLE audit_seals ADD COLUMN digest text NOT NULL CHECK (length(digest) = 64);
ALTER TABLE audit_seals ENABLE TRIGGER audit_seals_append_only;
ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only;

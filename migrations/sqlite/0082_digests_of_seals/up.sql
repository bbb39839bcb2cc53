-- A seal covers what it says of itself too, and a digest of its entries, so that it can be worked out anew when they have been pruned.
-- What was sealed before is sealed anew by the next round: nobel21 doctor says before this version is started whether it was whole.
-- contract: since 0.1.0; a process of the version before seals nothing until it ends, and what it writes is sealed by the next.
CREATE INDEX audit_log_unsealed ON audit_log (id) WHERE seal IS NULL;
DROP TRIGGER audit_log_append_only_update;
UPDATE audit_log SET seal = NULL;
DROP TABLE audit_seals;
CREATE TABLE audit_seals (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
  sealed_at TEXT NOT NULL CHECK (sealed_at = datetime(sealed_at)),
  last_at TEXT NOT NULL CHECK (last_at = datetime(last_at)),
  entries INTEGER NOT NULL CHECK (entries > 0),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  pruned_at TEXT CHECK (pruned_at = datetime(pruned_at)),
  digest TEXT NOT NULL CHECK (length(digest) = 64)
) STRICT;
CREATE INDEX audit_seals_to_prune ON audit_seals (last_at) WHERE pruned_at IS NULL;
CREATE TRIGGER audit_log_append_only_update BEFORE UPDATE ON audit_log
WHEN NOT (OLD.seal IS NULL AND NEW.seal IS NOT NULL AND NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.actor_id IS OLD.actor_id
  AND NEW.action IS OLD.action AND NEW.noun IS OLD.noun AND NEW.noun_id IS OLD.noun_id AND NEW.before IS OLD.before
  AND NEW.after IS OLD.after AND NEW.text_key IS OLD.text_key AND NEW.request_id IS OLD.request_id)
BEGIN
  SELECT RAISE(ABORT, 'audit_log_append_only');
END;
CREATE TRIGGER audit_seals_append_only_update BEFORE UPDATE ON audit_seals
WHEN NOT (OLD.pruned_at IS NULL AND NEW.pruned_at IS NOT NULL AND NEW.number IS OLD.number AND NEW.sealed_at IS OLD.sealed_at
  AND NEW.last_at IS OLD.last_at AND NEW.entries IS OLD.entries AND NEW.hash IS OLD.hash AND NEW.digest IS OLD.digest)
BEGIN
  SELECT RAISE(ABORT, 'audit_log_append_only');
END;
CREATE TRIGGER audit_seals_append_only_delete BEFORE DELETE ON audit_seals
BEGIN
  SELECT RAISE(ABORT, 'audit_log_append_only');
END;

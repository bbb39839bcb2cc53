DROP INDEX audit_log_unsealed;
DROP TRIGGER audit_log_append_only_update;
UPDATE audit_log SET seal = NULL;
DROP TABLE audit_seals;
CREATE TABLE audit_seals (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
  sealed_at TEXT NOT NULL CHECK (sealed_at = datetime(sealed_at)),
  last_at TEXT NOT NULL CHECK (last_at = datetime(last_at)),
  entries INTEGER NOT NULL CHECK (entries > 0),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  pruned_at TEXT CHECK (pruned_at = datetime(pruned_at))
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
  AND NEW.last_at IS OLD.last_at AND NEW.entries IS OLD.entries AND NEW.hash IS OLD.hash)
BEGIN
  SELECT RAISE(ABORT, 'audit_log_append_only');
END;
CREATE TRIGGER audit_seals_append_only_delete BEFORE DELETE ON audit_seals
BEGIN
  SELECT RAISE(ABORT, 'audit_log_append_only');
END;

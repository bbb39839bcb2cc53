-- Entries are sealed a stretch at a time: a seal's hash covers its entries and the seal before it, so that nothing sealed can be
-- changed, added or taken out without showing. What is old is pruned by whole seals; the seals themselves stay, and with them the proof.
CREATE TABLE audit_seals (
  number bigint PRIMARY KEY CHECK (number > 0),
  sealed_at timestamp NOT NULL,
  last_at timestamp NOT NULL,
  entries bigint NOT NULL CHECK (entries > 0),
  hash text NOT NULL CHECK (length(hash) = 64),
  pruned_at timestamp
);
CREATE INDEX audit_seals_to_prune ON audit_seals (last_at) WHERE pruned_at IS NULL;

ALTER TABLE audit_log ADD COLUMN seal bigint REFERENCES audit_seals (number);
CREATE INDEX audit_log_by_seal ON audit_log (seal);

CREATE OR REPLACE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.seal IS NULL AND NEW.seal IS NOT NULL AND (to_jsonb(NEW) - 'seal') = (to_jsonb(OLD) - 'seal') THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM audit_seals WHERE number = OLD.seal AND pruned_at IS NOT NULL) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit_log_append_only';
END $$;

CREATE FUNCTION audit_seals_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.pruned_at IS NULL AND NEW.pruned_at IS NOT NULL
    AND (to_jsonb(NEW) - 'pruned_at') = (to_jsonb(OLD) - 'pruned_at') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit_log_append_only';
END $$;
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION audit_seals_append_only();

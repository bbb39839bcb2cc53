-- A claim while the first request runs; the answer to repeat once it has committed.
CREATE TABLE idempotency_keys (
  scope text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  claim uuid NOT NULL,
  claimed_until timestamp NOT NULL,
  answer text,
  created_at timestamp NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

-- Who did what, before and after: only ever added to.
CREATE TABLE audit_log (
  id uuid PRIMARY KEY,
  at timestamp NOT NULL,
  actor_id uuid REFERENCES people (id),
  action text NOT NULL,
  noun text NOT NULL,
  noun_id text,
  before text,
  after text,
  text_key text NOT NULL,
  request_id text
);
CREATE INDEX audit_log_by_time ON audit_log (at, id);
CREATE INDEX audit_log_by_noun ON audit_log (noun, noun_id);
CREATE INDEX audit_log_by_actor ON audit_log (actor_id);

CREATE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log_append_only';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_append_only();

-- What is broken in a room, as somebody who was there says.
CREATE TABLE faults (
  id TEXT PRIMARY KEY NOT NULL,
  room_id TEXT NOT NULL REFERENCES rooms (id),
  description TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'resolved')),
  reported_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  reported_at TEXT NOT NULL CHECK (reported_at = datetime(reported_at)),
  resolved_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  resolved_at TEXT CHECK (resolved_at = datetime(resolved_at)),
  -- The closure that was made of it, as long as there is one.
  closure_id TEXT REFERENCES closures (id) ON DELETE SET NULL,
  version INTEGER NOT NULL,
  CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
) STRICT;
CREATE INDEX faults_by_status ON faults (status, id);
CREATE INDEX faults_by_room ON faults (room_id, id);
CREATE INDEX faults_by_reporter ON faults (reported_by) WHERE reported_by IS NOT NULL;
CREATE INDEX faults_by_resolver ON faults (resolved_by) WHERE resolved_by IS NOT NULL;
CREATE INDEX faults_by_closure ON faults (closure_id) WHERE closure_id IS NOT NULL;

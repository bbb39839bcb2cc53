-- What is broken in a room, as somebody who was there says.
CREATE TABLE faults (
  id uuid PRIMARY KEY,
  room_id uuid NOT NULL REFERENCES rooms (id),
  description text NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'resolved')),
  reported_by uuid REFERENCES people (id) ON DELETE SET NULL,
  reported_at timestamp NOT NULL,
  resolved_by uuid REFERENCES people (id) ON DELETE SET NULL,
  resolved_at timestamp,
  -- The closure that was made of it, as long as there is one.
  closure_id uuid REFERENCES closures (id) ON DELETE SET NULL,
  version integer NOT NULL,
  CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE INDEX faults_by_status ON faults (status, id);
CREATE INDEX faults_by_room ON faults (room_id, id);
CREATE INDEX faults_by_reporter ON faults (reported_by) WHERE reported_by IS NOT NULL;
CREATE INDEX faults_by_resolver ON faults (resolved_by) WHERE resolved_by IS NOT NULL;
CREATE INDEX faults_by_closure ON faults (closure_id) WHERE closure_id IS NOT NULL;

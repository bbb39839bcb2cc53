/** A roll call: the list, what was ticked off, and what it comes to. Knows neither browser nor service, and keeps no name. */
import type { NewRollCall, RollCall, RollCallLine, VisitsPresent } from '../api/types';

export interface Line extends RollCallLine {
  /** Its own for as long as the roll call runs. */
  key: string;
  note: string;
  /** How the number is known, for those of a room. */
  source?: VisitsPresent['by_room'][number]['source'] | undefined;
  arrived_at?: string | undefined;
}

export interface Running {
  client_id: string;
  drill: boolean;
  started_at: string;
  list_from: string;
  lines: Line[];
}

export type Totals = RollCall['totals'];
/** What is shown of one that is over, be it kept by the service or still on its way. */
export type Report = Pick<RollCall, 'client_id' | 'drill' | 'started_at' | 'finished_at' | 'list_from' | 'note' | 'totals'> & { lines: RollCallLine[]; held_by?: RollCall['held_by'] };

export function begin(present: VisitsPresent, drill: boolean, client_id: string, now: string): Running {
  const lines: Line[] = present.by_room.map((room) => ({
    ...{ key: `room-${room.room}`, kind: 'room' as const, room: room.room, expected: room.people, found: 0, clear: false, note: '' },
    source: room.source,
  }));
  if (present.unplaced > 0) lines.push({ key: 'unplaced', kind: 'unplaced', room: null, expected: present.unplaced, found: 0, clear: false, note: '' });
  for (const one of present.visitors) {
    lines.push({
      ...{ key: `visitor-${one.visit_id}`, kind: 'visitor' as const, room: one.room, expected: one.headcount, found: 0, clear: false, note: '' },
      arrived_at: one.arrived_at,
    });
  }
  return { client_id, drill, started_at: now, list_from: present.at, lines };
}

const changed = (running: Running, key: string, to: (line: Line) => Line): Running => ({
  ...running,
  lines: running.lines.map((line) => (line.key === key ? to(line) : line)),
});

/** Ticks a line off, or takes that back. Unless it was said how many, as many were found as should have been. */
export function tick(running: Running, key: string, clear: boolean): Running {
  return changed(running, key, (line) => ({ ...line, clear, found: clear ? (line.found === 0 ? line.expected : line.found) : 0 }));
}

/** So many were found there; that ticks it off. */
export function found(running: Running, key: string, people: number): Running {
  return changed(running, key, (line) => ({ ...line, clear: true, found: people }));
}

/** People who were on no list. */
export function addUnknown(running: Running, people: number, note: string, key: string): Running {
  return { ...running, lines: [...running.lines, { key: `unknown-${key}`, kind: 'unknown', room: null, expected: 0, found: people, clear: true, note }] };
}

export function drop(running: Running, key: string): Running {
  return { ...running, lines: running.lines.filter((line) => line.key !== key || line.kind !== 'unknown') };
}

/** As the service adds it up: too many in one room do not make up for those missing in another. */
export function totals(lines: RollCallLine[]): Totals {
  const sum: Totals = { expected: 0, found: 0, missing: 0, unknown: 0, visitors: 0, visitors_seen: 0, open: 0 };
  for (const line of lines) {
    const found = line.clear ? line.found : 0;
    if (!line.clear) sum.open += 1;
    if (line.kind === 'visitor') {
      sum.visitors += 1;
      if (line.clear) sum.visitors_seen += 1;
    } else if (line.kind === 'unknown') sum.unknown += line.found;
    else {
      sum.expected += line.expected;
      sum.found += found;
      sum.missing += Math.max(line.expected - found, 0);
    }
  }
  return sum;
}

/** What is handed in. */
export function report({ client_id, drill, started_at, list_from, lines }: Running, note: string, now: string): NewRollCall {
  // A device whose clock is behind the service's has a list from its future.
  const finished_at = Date.parse(list_from) > Date.parse(now) ? list_from : now;
  return {
    ...{ client_id, drill, started_at, finished_at, list_from, note },
    lines: lines.map(({ kind, room, expected, found, clear, note: where }) => ({ kind, room: room ?? null, expected, found, clear, note: where })),
  };
}

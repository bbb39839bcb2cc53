/** The parts of a period beside those of others: the same room, organisation or hour in one row. */
import type { CategoryFigures, HourFigures, KindFigures, OrganisationFigures, RoomFigures } from '../api/types';

export type Part = RoomFigures | OrganisationFigures | CategoryFigures | KindFigures | HourFigures;

/** What the service answers. */
export interface Parts {
  items: Part[];
  before?: Part[];
  year_before?: Part[];
}

export interface Row {
  /** What the row is about, as the newest of the three has it. */
  part: Part;
  now: Part | undefined;
  before: Part | undefined;
  yearBefore: Part | undefined;
}

function key(part: Part): string {
  if ('weekday' in part) return `${part.weekday} ${part.hour}`;
  if ('organisation_id' in part) return part.organisation_id;
  if ('room' in part) return part.room;
  return 'category' in part ? part.category : part.kind;
}

/** One row for each part that any of the three has; hours at which nothing ever was are left out. */
export function beside(of: Parts): Row[] {
  const rows = new Map<string, Row>();
  const put = (when: 'now' | 'before' | 'yearBefore', parts: Part[] = []) => {
    for (const part of parts) {
      const row = rows.get(key(part)) ?? { part, now: undefined, before: undefined, yearBefore: undefined };
      rows.set(key(part), { ...row, [when]: part });
    }
  };
  put('now', of.items);
  put('before', of.before);
  put('yearBefore', of.year_before);
  const was = (part: Part | undefined) => part !== undefined && (part.gatherings > 0 || part.visits > 0);
  return [...rows.values()].filter((row) => !('weekday' in row.part) || was(row.now) || was(row.before) || was(row.yearBefore));
}

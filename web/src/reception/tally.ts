/** The day's figures as they are with what has not reached the service yet. Knows no screen. */
import type { Purpose, VisitsToday, Visit } from '../api/types';
import { instant, type Day } from '../app/time';
import { isWaiting, type Item, type Way } from './queue';

/** The service's last answer, and when it was asked for: what was sent before that is in it. */
export interface Known {
  today: VisitsToday;
  askedAt: number;
}

/** One count as it holds now, whatever was corrected. */
export interface Line {
  key: string | null;
  id: string | null;
  at: string;
  /** What was written down first. */
  first: number;
  headcount: number;
  purpose: Purpose;
  booking_id: string | null;
  kind: Way;
  late: boolean;
  waiting: boolean;
}

export interface Tally {
  total: number;
  /** In the house now, as far as it is known. */
  present: number | null;
  byPurpose: Map<Purpose, number>;
  byBooking: Map<string, number>;
  /** Latest first. */
  lines: Line[];
}

export function tally(known: Known | null, items: Item[], day: Day): Tally {
  const today = known?.today.date === day ? known.today : null;
  const askedAt = today && known ? known.askedAt : 0;
  const result: Tally = {
    total: today?.total ?? 0,
    present: today?.present ?? null,
    byPurpose: new Map(today?.by_purpose.map((one) => [one.purpose, one.visits])),
    byBooking: new Map(today?.by_gathering.map((one) => [one.booking_id, one.visits])),
    lines: linesOf(today?.last ?? []),
  };
  const inAnswer = new Set(result.lines.flatMap((line) => line.key ?? []));
  const from = Date.parse(instant(day, 0));
  const to = Date.parse(instant(day, 1440));

  for (const item of items) {
    const open = isWaiting(item);
    if (!open && item.state !== 'sent') continue;
    const { entry } = item;
    if (entry.kind === 'count') {
      const at = Date.parse(entry.at);
      if (at < from || at >= to || inAnswer.has(entry.key)) continue;
      if (item.state === 'sent' && item.sentAt < askedAt) continue;
      const way = entry.way ?? 'in';
      add(result, way, entry, entry.headcount);
      result.lines.push({
        key: entry.key,
        id: item.visit?.id ?? null,
        at: entry.at,
        first: entry.headcount,
        headcount: entry.headcount,
        purpose: entry.purpose,
        booking_id: entry.booking_id,
        kind: way,
        late: item.visit?.late_entry ?? false,
        waiting: open,
      });
    } else {
      if (item.state === 'sent' && item.sentAt < askedAt) continue;
      const line = result.lines.find((one) => (entry.of.key !== null && one.key === entry.of.key) || (entry.of.id !== null && one.id === entry.of.id));
      if (!line) continue;
      add(result, line.kind, line, entry.headcount - line.headcount);
      line.headcount = entry.headcount;
      line.waiting ||= open;
    }
  }
  result.lines.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  result.total = Math.max(0, result.total);
  if (result.present !== null) result.present = Math.max(0, result.present);
  return result;
}

/** Who leaves is no longer in the house and has been a visitor all the same. */
function add(to: Tally, way: Way, { purpose, booking_id: booking }: Pick<Line, 'purpose' | 'booking_id'>, people: number): void {
  if (to.present !== null) to.present += way === 'in' ? people : -people;
  if (way === 'out') return;
  to.total += people;
  to.byPurpose.set(purpose, (to.byPurpose.get(purpose) ?? 0) + people);
  if (booking) to.byBooking.set(booking, (to.byBooking.get(booking) ?? 0) + people);
}

/** Folds corrections into what they correct. A correction stands before its count, so that of a count that is there all are there. */
function linesOf(rows: Visit[]): Line[] {
  const differences = new Map<string, number>();
  for (const row of rows) {
    if (row.corrects) differences.set(row.corrects, (differences.get(row.corrects) ?? 0) + row.headcount);
  }
  return rows
    .filter((row) => row.corrects === null)
    .map((row) => ({
      key: row.client_id,
      id: row.id,
      at: row.at,
      first: row.headcount,
      headcount: row.headcount + (differences.get(row.id) ?? 0),
      purpose: row.purpose,
      booking_id: row.booking_id,
      kind: row.kind,
      late: row.late_entry,
      waiting: false,
    }));
}

/** The last count in or out for the same purpose and gathering that still has somebody in it. */
export const lastOf = (lines: Line[], purpose: Purpose, booking: string | null, way: Way = 'in'): Line | undefined =>
  lines.find((line) => line.kind === way && line.purpose === purpose && line.booking_id === booking && line.headcount > 0);

import type { GatheringTally, Purpose } from '../api/types';
import { duration, time } from '../app/format';
import { i18n, t } from '../app/i18n.svelte';
import { houseTime } from '../app/time';
import type { Line } from './tally';

export const PURPOSES: Purpose[] = ['gathering', 'office', 'walk_in', 'tour', 'event', 'other'];

/** `Språkkafé`, where it is known which gathering, otherwise `Kontor`. */
export function whatOf(purpose: Purpose, booking: string | null, gatherings: GatheringTally[]): string {
  const gathering = booking ? gatherings.find((one) => one.booking_id === booking) : undefined;
  return gathering?.title ?? t().desk.purposes[purpose].toLowerCase();
}

/** The clock time of a count: what this device wrote has another offset than what the service writes. */
export const clockOf = (line: Pick<Line, 'at'>) => time(i18n.language, houseTime(Date.parse(line.at)).minute);

/** `5 min`, `2 tim 10 min`: how long ago, in whole minutes. */
export const age = (from: number, to: number) => duration(i18n.language, Math.max(1, Math.round((to - from) / 60_000)));

/** Is it on, over or still to come? */
export function phase(stretch: { starts_at: string; ends_at: string }, at: number): 'over' | 'on' | 'coming' {
  if (Date.parse(stretch.ends_at) <= at) return 'over';
  return Date.parse(stretch.starts_at) <= at ? 'on' : 'coming';
}

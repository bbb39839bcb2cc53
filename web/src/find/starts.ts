import type { Stretch } from '../api/types';
import { minuteOf } from '../app/time';

/** At most this many times to choose from for one room: more would be a list to read, not a choice. */
const MOST = 8;

/** Starts at which a stay of `length` minutes fits: where each free stretch begins, then every full hour, thinned out if there are many. */
export function starts(stretches: Stretch[], length: number): number[] {
  const all = stretches.flatMap((stretch) => {
    const from = minuteOf(stretch.starts_at);
    const to = minuteOf(stretch.ends_at) || 1440;
    const list = [from];
    for (let hour = (Math.floor(from / 60) + 1) * 60; hour + length <= to; hour += 60) list.push(hour);
    return list;
  });
  if (all.length <= MOST) return all;
  const every = all.length / MOST;
  return Array.from({ length: MOST }, (_, i) => all[Math.floor(i * every)] ?? 0);
}

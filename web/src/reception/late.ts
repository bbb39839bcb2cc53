/** What is wrong with a late entry, field by field. Knows no words. */
import { instant, minutes, type Day } from '../app/time';

export interface Late {
  day: Day;
  time: string;
  people: string;
}

export type LateFault = 'people' | 'time' | 'future' | 'old';

const OLDEST = 366 * 86_400_000;

export function check(entry: Late, now: number): { at: string; people: number } | { time?: LateFault; people?: LateFault } {
  const people = /^\d{1,4}$/.test(entry.people.trim()) ? Number(entry.people) : 0;
  const minute = minutes(entry.time.trim().replace('.', ':'));
  const faults: { time?: LateFault; people?: LateFault } = {};
  if (people < 1 || people > 5000) faults.people = 'people';
  if (!(minute >= 0 && minute < 1440)) faults.time = 'time';
  else {
    const at = instant(entry.day, minute);
    if (Date.parse(at) > now) faults.time = 'future';
    else if (Date.parse(at) < now - OLDEST) faults.time = 'old';
    else if (!faults.people) return { at, people };
  }
  return faults;
}

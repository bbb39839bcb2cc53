/**
 * Time of the house. Instants come with the offset of the house, so that date and clock time are read from their text; only what is
 * sent needs the zone. Days are `2026-11-21`, clock times minutes since midnight.
 */
export type Day = string;

const HOUR = 3_600_000;

/** 01:00 UTC on the last Sunday of a month, 0 is January. */
function change(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0, 1));
  return last.getTime() - last.getUTCDay() * 24 * HOUR;
}

/**
 * The wall clock of the house at an instant, as if it were UTC. By the rule of the Union's summer time (directive 2000/84/EC): from the
 * last Sunday of March to the last of October, at 01:00 UTC. The browser's own calendar knows it too, but takes longer to wake up than
 * the whole page to draw; the tests hold one against the other.
 */
function wall(instant: number): number {
  const year = new Date(instant).getUTCFullYear();
  const summer = instant >= change(year, 2) && instant < change(year, 9);
  return instant + (summer ? 2 : 1) * HOUR;
}

const iso = (utc: number) => new Date(utc).toISOString();

export const dayOf = (instant: string): Day => instant.slice(0, 10);

/** `2026-11-24T18:30:00+01:00` -> 1110. */
export const minuteOf = (instant: string): number => Number(instant.slice(11, 13)) * 60 + Number(instant.slice(14, 16));

/** Day and minute of the house at an instant in milliseconds. */
export function houseTime(milliseconds: number): { day: Day; minute: number } {
  const text = iso(wall(milliseconds));
  return { day: text.slice(0, 10), minute: minuteOf(text) };
}

export const now = (): { day: Day; minute: number } => houseTime(Date.now());

export const today = (): Day => now().day;

/** Minute of the wall clock on a day (1440 is midnight at its end) -> instant with offset. */
export function instant(day: Day, minute: number): string {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minute * 60_000;
  // The offset at the wanted time is not known yet: guess winter, then mend by what the guess came to.
  let utc = wanted - HOUR;
  utc += wanted - wall(utc);
  const offset = (wall(utc) - utc) / 60_000;
  const sign = offset < 0 ? '-' : '+';
  return `${iso(wall(utc)).slice(0, 19)}${sign}${clock(Math.abs(offset))}`;
}

/** 1110 -> `18:30`. */
export function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** `18:30` -> 1110; NaN if it is no clock time. */
export function minutes(text: string): number {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : NaN;
}

export function addDays(day: Day, count: number): Day {
  return iso(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).slice(0, 10);
}

/** 1 is Monday. */
export function weekday(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

export const mondayOf = (day: Day): Day => addDays(day, 1 - weekday(day));

/** ISO 8601 week and the year it belongs to. */
export function weekOf(day: Day): { week: number; year: number } {
  const thursday = addDays(mondayOf(day), 3);
  const year = Number(thursday.slice(0, 4));
  const first = Date.parse(`${year}-01-01T00:00:00Z`);
  return { year, week: Math.floor((Date.parse(`${thursday}T00:00:00Z`) - first) / (7 * 86_400_000)) + 1 };
}

/** Monday of a week, or null if that year has no such week. */
export function mondayOfWeek(year: number, week: number): Day | null {
  const monday = addDays(mondayOf(`${year}-01-04`), (week - 1) * 7);
  const is = weekOf(monday);
  return is.year === year && is.week === week ? monday : null;
}

export function isDay(text: string | null | undefined): text is Day {
  return !!text && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && iso(Date.parse(text)).startsWith(text);
}

/** The days of an interval, each with the minutes of it that fall on that day. */
export function onDay(stretch: { starts_at: string; ends_at: string }, day: Day): { from: number; to: number } | null {
  const first = dayOf(stretch.starts_at);
  const last = dayOf(stretch.ends_at);
  if (day < first || day > last) return null;
  const from = day === first ? minuteOf(stretch.starts_at) : 0;
  const to = day === last ? minuteOf(stretch.ends_at) : 1440;
  return to > from ? { from, to } : null;
}

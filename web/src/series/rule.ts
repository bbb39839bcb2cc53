/** How a gathering repeats, as it stands in the form, and the RFC 5545 rule that it comes to. */
import { addDays, weekday, type Day } from '../app/time';

/** `month_day`: on the same date; `month_nth`: on the second Tuesday; `month_last`: on the last Tuesday; `dates`: on dates of one's own. */
export type RepeatKind = 'once' | 'weekly' | 'weeks' | 'month_day' | 'month_nth' | 'month_last' | 'dates';

export interface Repeat {
  kind: RepeatKind;
  /** With `weeks`: in every so many. */
  every: number | null;
  /** 1 is Monday. None means that of the first date. */
  weekdays: number[];
  ends: 'until' | 'count';
  until: Day;
  count: number | null;
  /** With `dates`: those beside the first one. */
  dates: Day[];
}

const NAMES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

export const once = (day: Day): Repeat => ({
  kind: 'once',
  every: 2,
  weekdays: [],
  ends: 'until',
  until: addDays(day, 70),
  count: 10,
  dates: [],
});

/** The weekdays that are meant, Monday first. */
export const weekdaysOf = (repeat: Repeat, day: Day): number[] =>
  repeat.weekdays.length > 0 ? [...repeat.weekdays].sort((a, b) => a - b) : [weekday(day)];

/** Which of its weekday in the month a day is: 1 is the first. */
export const nthOf = (day: Day): number => Math.ceil(Number(day.slice(8)) / 7);

/** Is it the last of its weekday in the month? */
export const isLast = (day: Day): boolean => addDays(day, 7).slice(0, 7) !== day.slice(0, 7);

/** The ways of repeating that make sense from a day on. A fifth Tuesday is not in every month, so it is not offered. */
export const kindsFrom = (day: Day): RepeatKind[] => [
  'once',
  'weekly',
  'weeks',
  'month_day',
  ...(nthOf(day) < 5 ? (['month_nth'] as const) : []),
  ...(isLast(day) ? (['month_last'] as const) : []),
  'dates',
];

/** The rule counted from `day`; null for what is none. */
export function ruleOf(repeat: Repeat, day: Day): string | null {
  const step = repeat.kind === 'weeks' && (repeat.every ?? 1) > 1 ? `;INTERVAL=${repeat.every}` : '';
  const name = NAMES[weekday(day) - 1];
  const parts: Partial<Record<RepeatKind, string>> = {
    weekly: `FREQ=WEEKLY;BYDAY=${days(repeat, day)}`,
    weeks: `FREQ=WEEKLY${step};BYDAY=${days(repeat, day)}`,
    month_day: `FREQ=MONTHLY;BYMONTHDAY=${Number(day.slice(8))}`,
    month_nth: `FREQ=MONTHLY;BYDAY=${nthOf(day)}${name}`,
    month_last: `FREQ=MONTHLY;BYDAY=-1${name}`,
  };
  const found = parts[repeat.kind];
  if (!found) return null;
  return `${found};${repeat.ends === 'count' ? `COUNT=${repeat.count ?? 0}` : `UNTIL=${repeat.until.replaceAll('-', '')}`}`;
}

const days = (repeat: Repeat, day: Day) => weekdaysOf(repeat, day).map((iso) => NAMES[iso - 1]).join(',');

/** With dates of one's own: all of them, in order, each once. */
export const datesOf = (repeat: Repeat, day: Day): Day[] => [...new Set([day, ...repeat.dates])].sort();

/** A rule taken apart again, for saying it in words; null for one that this form does not write. */
export interface RuleParts {
  freq: 'WEEKLY' | 'MONTHLY';
  every: number;
  weekdays: number[];
  /** Which of the weekday in the month; -1 is the last. */
  nth: number | null;
  monthDay: number | null;
}

export function partsOf(rule: string): RuleParts | null {
  const given = new Map(rule.split(';').map((part) => part.split('=') as [string, string]));
  const freq = given.get('FREQ');
  if ((freq !== 'WEEKLY' && freq !== 'MONTHLY') || rule.includes('\n')) return null;
  const by = (given.get('BYDAY') ?? '').split(',').filter(Boolean).map((text) => /^(-?\d)?([A-Z]{2})$/.exec(text));
  const nth = by.length === 1 && by[0]?.[1] ? Number(by[0][1]) : null;
  if (by.some((one) => !one || !NAMES.includes(one[2] ?? '')) || (by.some((one) => one?.[1]) && nth === null)) return null;
  const monthDay = given.get('BYMONTHDAY');
  if (monthDay !== undefined && !/^\d+$/.test(monthDay)) return null;
  return {
    freq,
    every: Number(given.get('INTERVAL') ?? 1),
    weekdays: by.map((one) => NAMES.indexOf(one?.[2] ?? '') + 1),
    nth,
    monthDay: monthDay === undefined ? null : Number(monthDay),
  };
}

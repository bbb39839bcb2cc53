/** Series in words. */
import type { KeptDate, RoomTime, Series, SkippedDate, Violation } from '../api/types';
import { clockRange, weekdayNamed } from '../app/format';
import { i18n, t } from '../app/i18n.svelte';
import { minuteOf, weekday, type Day } from '../app/time';
import { nthOf, partsOf, type RepeatKind } from './rule';

/** `kl. 18.00–20.00`. */
export const clockOf = (one: { starts_at: string; ends_at: string }) =>
  clockRange(i18n.language, minuteOf(one.starts_at), minuteOf(one.ends_at) || 1440);

const dayName = (iso: number) => weekdayNamed(i18n.language, iso);

/** What a way of repeating is called, counted from a day. */
export function kindName(kind: RepeatKind, day: Day): string {
  const names = t().series.kinds;
  if (kind === 'month_day') return names.month_day(String(Number(day.slice(8))));
  if (kind === 'month_nth') return names.month_nth(t().series.nth(nthOf(day), dayName(weekday(day))));
  if (kind === 'month_last') return names.month_last(t().series.nth(-1, dayName(weekday(day))));
  return names[kind];
}

/** `varje vecka på tisdagar och torsdagar`. */
export function ruleWords(series: Series): string {
  const words = t().series;
  if (series.rule === null) return words.ruleDates;
  const parts = partsOf(series.rule);
  if (!parts) return words.ruleOther;
  const [first = 1] = parts.weekdays;
  if (parts.freq === 'MONTHLY' && parts.every === 1) {
    if (parts.monthDay !== null) return words.ruleMonthDay(parts.monthDay);
    if (parts.nth !== null) return words.ruleMonthNth(words.nth(parts.nth, dayName(first)));
  }
  if (parts.freq !== 'WEEKLY') return words.ruleOther;
  const days = (parts.weekdays.length > 0 ? parts.weekdays : [weekday(firstDay(series))]).map((iso) => words.onWeekday(dayName(iso)));
  return words.ruleWeekly(parts.every, list(days));
}

const firstDay = (series: Series): Day =>
  [...series.bookings.map((one) => one.starts_at.slice(0, 10)), ...series.skipped.map((one) => one.date)].sort()[0] ?? series.created_at.slice(0, 10);

const list = (words: string[]) => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${t().series.and} ${words.at(-1)}`);

/** Why a date can't be had: the rules it breaks, or what stands there. */
export function obstacle(one: { conflicts: RoomTime[]; violations: Violation[] }): string {
  if (one.violations.length > 0) return [...new Set(one.violations.map((violation) => violation.message))].join(' ');
  if (one.conflicts.length === 0) return t().series.verdicts.conflict;
  return t().series.taken([...new Set(one.conflicts.map(clockOf))].join(', '));
}

/** Why a date is not booked, or stays as it was. */
export function reason(one: SkippedDate | KeptDate): string {
  return one.reason === 'conflict' || one.reason === 'violation' ? obstacle(one) : t().series.reasons[one.reason];
}

/** A series as the service wants it, and what is chosen for single dates of it. */
import type { NewSeries, RefusedDate, RoomTime, SeriesChange, SeriesException, SeriesVerdict } from '../api/types';
import { clock, type Day } from '../app/time';
import type { Overriding } from '../booking/override.svelte';
import { changes, wire, type Draft } from '../booking/draft';
import { datesOf, once, ruleOf, type Repeat } from './rule';

export type Plan = Omit<NewSeries, 'organisation_id' | 'on_conflict' | keyof Overriding | 'on_behalf_of'>;

/** Which dates are meant, in a word: what was chosen for single ones holds while it is the same. */
export const datesKey = (repeat: Repeat, day: Day): string => ruleOf(repeat, day)?.concat(' ', day) ?? datesOf(repeat, day).join(' ');

export function planOf(draft: Draft, repeat: Repeat, exceptions: SeriesException[]): Plan {
  const { room, title, category, expected_participants, layout, display, description, contact_phone } = wire(draft);
  const rule = ruleOf(repeat, draft.day);
  return {
    ...{ room, title, category, expected_participants, layout, description, contact_phone },
    ...(display ? { display } : {}),
    from: clock(draft.from),
    to: clock(draft.to),
    ...(rule ? { date: draft.day, rule } : { dates: datesOf(repeat, draft.day) }),
    exceptions,
  };
}

/** What is chosen for a date takes the place of what was. */
export const withException = (list: SeriesException[], one: SeriesException): SeriesException[] =>
  [...without(list, one.date), one].sort((a, b) => a.date.localeCompare(b.date));

export const without = (list: SeriesException[], date: Day): SeriesException[] => list.filter((one) => one.date !== date);

/** An offer taken for a date. */
export const moved = (date: Day, to: RoomTime): SeriesException => ({
  date,
  room: to.room,
  from: to.starts_at.slice(11, 16),
  to: to.ends_at.slice(11, 16),
});

/** The verdicts as the service last knew them: what it refused while saving counts more than what it said before. */
export function latest(verdicts: SeriesVerdict[], refused: RefusedDate[]): SeriesVerdict[] {
  return verdicts.map((one) => {
    const no = refused.find((other) => other.date === one.date);
    if (!no) return one;
    const { conflicts, violations, alternatives } = no;
    const verdict = violations.some((violation) => violation.rule === 'closed') ? 'closed' : violations.length > 0 ? 'violation' : 'conflict';
    return { ...one, verdict, conflicts, violations, alternatives };
  });
}

/** Can it not be had as it is wanted? */
export const stands = (one: SeriesVerdict): boolean => one.verdict === 'free' || one.verdict === 'left_out';

/** What a change of one booking means for the others of its series: its day is its own, the rest is theirs too. */
export function seriesChange(was: Draft, next: Draft): SeriesChange {
  const meant = (draft: Draft) => {
    const { room, from, to, title, category, expected_participants, layout, description, contact_phone, display } = planOf(draft, once(draft.day), []);
    return { room, from, to, title, category, expected_participants, layout, description, contact_phone, ...(display ? { display } : {}) };
  };
  return changes(meant(was), meant(next));
}

import { expect, it } from 'vitest';
import type { SeriesVerdict } from '../api/types';
import { empty } from '../booking/draft';
import { datesKey, latest, moved, planOf, seriesChange, stands, withException, without } from './plan';
import { once } from './rule';

const draft = { ...empty('aulan', '2027-03-02', 1080, 1440), title: 'Ungdomsgruppen', participants: 12 };
const weekly = { ...once(draft.day), kind: 'weekly' as const, until: '2027-06-01' };

it('sends wall times and a rule counted from the first date, or the dates', () => {
  expect(planOf(draft, weekly, [])).toMatchObject({ from: '18:00', to: '24:00', date: '2027-03-02', rule: 'FREQ=WEEKLY;BYDAY=TU;UNTIL=20270601' });
  expect(planOf(draft, weekly, [])).not.toHaveProperty('starts_at');
  const own = planOf(draft, { ...weekly, kind: 'dates', dates: ['2027-03-10'] }, []);
  expect(own.dates).toEqual(['2027-03-02', '2027-03-10']);
  expect(own).not.toHaveProperty('rule');
});

it('knows when other dates are meant', () => {
  expect(datesKey(weekly, draft.day)).not.toBe(datesKey({ ...weekly, weekdays: [2, 4] }, draft.day));
  expect(datesKey(weekly, draft.day)).toBe(datesKey({ ...weekly, weekdays: [2] }, draft.day));
});

it('keeps one choice for each date', () => {
  const skipped = withException([], { date: '2027-03-09', skip: true });
  const offer = { room: 'kafeet', starts_at: '2027-03-09T20:00:00+01:00', ends_at: '2027-03-09T22:00:00+01:00' };
  const both = withException(withException(skipped, { date: '2027-03-02', skip: true }), moved('2027-03-09', offer));
  expect(both).toEqual([
    { date: '2027-03-02', skip: true },
    { date: '2027-03-09', room: 'kafeet', from: '20:00', to: '22:00' },
  ]);
  expect(without(both, '2027-03-02').map((one) => one.date)).toEqual(['2027-03-09']);
});

it('lets a refusal count more than the verdict before it', () => {
  const free: SeriesVerdict = {
    ...{ date: '2027-03-09', room: 'aulan', starts_at: null, ends_at: null, verdict: 'free', holiday: null },
    ...{ conflicts: [], violations: [], alternatives: [] },
  };
  const no = { date: '2027-03-09', holiday: null, conflicts: [], violations: [], alternatives: [] };
  expect(latest([free], []).every(stands)).toBe(true);
  expect(latest([free], [no])[0]?.verdict).toBe('conflict');
  expect(latest([free], [{ ...no, violations: [{ rule: 'closed', message: 'Stängt.' }] }])[0]?.verdict).toBe('closed');
});

it('changes of the others only what changed, and never their day', () => {
  expect(seriesChange(draft, { ...draft, day: '2027-03-03', from: 1020, to: 1140 })).toEqual({ from: '17:00', to: '19:00' });
  expect(seriesChange(draft, draft)).toEqual({});
});

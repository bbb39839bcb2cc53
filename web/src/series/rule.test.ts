import { expect, it } from 'vitest';
import { datesOf, kindsFrom, once, partsOf, ruleOf, type Repeat } from './rule';

const TUESDAY = '2026-11-24';
const rule = (change: Partial<Repeat>, day = TUESDAY) => ruleOf({ ...once(day), ...change }, day);

it('repeats on the weekday of the first date until others are chosen', () => {
  expect(rule({ kind: 'weekly', until: '2027-06-01' })).toBe('FREQ=WEEKLY;BYDAY=TU;UNTIL=20270601');
  expect(rule({ kind: 'weekly', weekdays: [4, 2], ends: 'count', count: 12 })).toBe('FREQ=WEEKLY;BYDAY=TU,TH;COUNT=12');
});

it('repeats in every so many weeks', () => {
  expect(rule({ kind: 'weeks', every: 3, ends: 'count', count: 4 })).toBe('FREQ=WEEKLY;INTERVAL=3;BYDAY=TU;COUNT=4');
  expect(rule({ kind: 'weeks', every: 1, ends: 'count', count: 4 })).toBe('FREQ=WEEKLY;BYDAY=TU;COUNT=4');
});

it('repeats monthly on the date, on the nth weekday or on the last', () => {
  const ends = { ends: 'count', count: 6 } as const;
  expect(rule({ kind: 'month_day', ...ends }, '2026-12-01')).toBe('FREQ=MONTHLY;BYMONTHDAY=1;COUNT=6');
  expect(rule({ kind: 'month_nth', ...ends })).toBe('FREQ=MONTHLY;BYDAY=4TU;COUNT=6');
  expect(rule({ kind: 'month_last', ...ends })).toBe('FREQ=MONTHLY;BYDAY=-1TU;COUNT=6');
});

it('offers the nth weekday only where every month has one, and the last only where it is', () => {
  expect(kindsFrom('2026-11-10')).toContain('month_nth');
  expect(kindsFrom('2026-11-10')).not.toContain('month_last');
  expect(kindsFrom(TUESDAY)).toEqual(expect.arrayContaining(['month_nth', 'month_last']));
  expect(kindsFrom('2026-12-29')).not.toContain('month_nth');
  expect(kindsFrom('2026-12-29')).toContain('month_last');
});

it('is no rule for once and for dates of one’s own', () => {
  expect(rule({ kind: 'once' })).toBeNull();
  expect(rule({ kind: 'dates' })).toBeNull();
  expect(datesOf({ ...once(TUESDAY), dates: ['2026-12-03', '2026-11-20', TUESDAY] }, TUESDAY)).toEqual(['2026-11-20', TUESDAY, '2026-12-03']);
});

it('takes its own rules apart again, and leaves those of others alone', () => {
  expect(partsOf('FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=3')).toEqual({ freq: 'WEEKLY', every: 2, weekdays: [2, 4], nth: null, monthDay: null });
  expect(partsOf('FREQ=MONTHLY;BYDAY=-1FR;COUNT=3')).toMatchObject({ freq: 'MONTHLY', weekdays: [5], nth: -1 });
  expect(partsOf('FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20270101')).toMatchObject({ monthDay: 15, nth: null });
  expect(partsOf('FREQ=MONTHLY;BYDAY=1TU,3TU;COUNT=3')).toBeNull();
  expect(partsOf('FREQ=DAILY;COUNT=3')).toBeNull();
  expect(partsOf('FREQ=WEEKLY;COUNT=3\nEXDATE:20261201')).toBeNull();
});

import { expect, test } from 'vitest';
import { byMonth, month, rating, share, step, week } from './figures';

const plain = (text: string) => text.replace(/\s/g, ' ');

test('shares have a decimal comma in Swedish and a dash for nothing', () => {
  expect(plain(share('sv', 0.0912))).toBe('9,1 %');
  expect(plain(share('en', 0.0912))).toBe('9.1%');
  expect(share('sv', null)).toBe('–');
  expect(rating('sv', 4.3)).toBe('4,3');
});

test('months are named and a missing one counts nothing', () => {
  expect(month('sv', 0, 'long')).toBe('januari');
  expect(month('en', 4, 'short')).toBe('May');
  const base = { hours: 0, participants: 0, visits: 3, cancelled: 0, no_shows: 0, fill_rate: null, report_coverage: null, active_organisations: 0, utilisation: null, visit_coverage: null, visit_sources: { desk_hours: 1, desk_visits: 3, counter_hours: 0, counter_visits: 0, fallback_hours: 0 } };
  expect(byMonth([{ ...base, month: '2026-03', gatherings: 7 }], 'gatherings')).toEqual([0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('cells are shaded by how near they come to the most', () => {
  expect([0, 1, 25, 26, 100].map((value) => step(value, 100))).toEqual([0, 1, 1, 2, 4]);
  expect(step(0, 0)).toBe(0);
});

test('the week leaves out the night but no hour in between', () => {
  const at = (weekday: number, hour: number, gatherings: number) => ({ weekday, hour, gatherings, hours: 0, visits: 0 });
  const rows = week([at(1, 9, 2), at(1, 10, 0), at(7, 11, 1), at(3, 23, 0)], 'gatherings');
  expect(rows.map((row) => row.hour)).toEqual([9, 10, 11]);
  expect(rows[0]?.days).toEqual([2, 0, 0, 0, 0, 0, 0]);
  expect(rows[2]?.days[6]).toBe(1);
});

import { expect, test } from 'vitest';
import type { ClosedMonth } from '../api/types';
import { monthsOf, openOnes } from './closed';

const closed = (month: string): ClosedMonth => ({
  ...{ month, figures: {}, definitions_version: 1, row_counts: { bookings: 0, visits: 0 }, hash: '0'.repeat(64) },
  ...{ intact: true, closed_by: null, closed_at: '2026-11-03T09:00:00+01:00', differences: [] },
});

test('a month can be closed once it is over, and what is not closed is told', () => {
  const months = monthsOf(2026, [closed('2026-09')], '2026-11-27');
  expect(months.map((one) => one.over)).toEqual([true, true, true, true, true, true, true, true, true, true, false, false]);
  expect(openOnes(months).map((one) => one.month)).not.toContain('2026-09');
  expect(openOnes(months)).toHaveLength(9);
  expect(openOnes(monthsOf(2027, [], '2026-11-27'))).toEqual([]);
});

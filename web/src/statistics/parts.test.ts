import { expect, test } from 'vitest';
import { beside, type Part } from './parts';

const room = (slug: string, gatherings: number) => ({ room: slug, name: slug, gatherings, hours: gatherings, visits: 0 }) as Part;
const hour = (weekday: number, gatherings: number) => ({ weekday, hour: 18, gatherings, hours: gatherings, visits: 0 }) as Part;

test('the same room stands in one row, one that is gone too, and one without use', () => {
  const rows = beside({ items: [room('aulan', 3), room('ny', 0)], before: [room('borta', 2), room('aulan', 5)], year_before: [room('aulan', 4)] });
  const told = rows.map((row) => [(row.part as { room: string }).room, row.now?.gatherings, row.before?.gatherings, row.yearBefore?.gatherings]);
  expect(told).toEqual([
    ['aulan', 3, 5, 4],
    ['ny', 0, undefined, undefined],
    ['borta', undefined, 2, undefined],
  ]);
});

test('hours at which nothing ever was are left out', () => {
  const rows = beside({ items: [hour(1, 0), hour(2, 0), hour(3, 1)], before: [hour(1, 0), hour(2, 7), hour(3, 0)] });
  expect(rows.map((row) => (row.part as { weekday: number }).weekday)).toEqual([2, 3]);
});

import { expect, test } from 'vitest';
import { draftOf, slugs, wire as roomWire } from './draft';
import { clockOf, faultAt, weekOf, wire } from './hours';

test('a week goes through the form and back, midnight included', () => {
  const hours = [
    { weekday: 1, opens: '07:00', closes: '12:00' },
    { weekday: 1, opens: '13:00', closes: '24:00' },
    { weekday: 6, opens: '09:00', closes: '17:00' },
  ];
  expect(weekOf(hours, 'sv')[0]).toEqual([
    { opens: '07.00', closes: '12.00' },
    { opens: '13.00', closes: '24.00' },
  ]);
  expect(weekOf(hours, 'en')[6]).toEqual([]);
  expect(wire(weekOf(hours, 'sv'))).toEqual(hours);
  expect(wire([[{ opens: '7', closes: '00.00' }]])).toEqual([{ weekday: 1, opens: '07:00', closes: '24:00' }]);
});

test('clock times are understood as people write them', () => {
  expect(['7', '7.30', '0730', ' 07:30 ', '18 00'].map(clockOf)).toEqual(['07:00', '07:30', '07:30', '07:30', '18:00']);
  expect(clockOf('sju')).toBe('sju');
});

test("the service's fault is found again in the week", () => {
  const week = weekOf([
    { weekday: 1, opens: '07:00', closes: '12:00' },
    { weekday: 1, opens: '13:00', closes: '24:00' },
    { weekday: 6, opens: '09:00', closes: '08:00' },
  ], 'sv');
  expect(faultAt('2.closes', week)).toEqual({ day: 5, index: 0, member: 'closes' });
  expect(faultAt('1', week)).toEqual({ day: 0, index: 1, member: 'opens' });
  expect(faultAt('9', week)).toBeUndefined();
});

test('words become names for the address', () => {
  expect(slugs('Vävstol, Stor sax ,, ÅÄÖ')).toEqual(['vavstol', 'stor-sax', 'aao']);
});

test('an empty rule is left to the house, a missing number is left for the service to ask for', () => {
  const draft = draftOf(null);
  draft.rules.grid_minutes = 30;
  draft.layouts.cinema = { on: true, capacity: null, setup_minutes: 30, cleanup_minutes: null };
  const sent = roomWire(draft);
  expect(sent.rules).toEqual({ grid_minutes: 30 });
  expect(sent.layouts).toEqual([{ layout: 'cinema', capacity: 0, setup_minutes: 30, cleanup_minutes: null }]);
  expect(sent.max_persons).toBe(0);
});

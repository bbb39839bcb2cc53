import { expect, test } from 'vitest';
import type { Calendar, CalendarEntry } from '../../api/types';
import { neighbours, windows } from './neighbours';

const at = (day: number, hour: number) => `2026-11-${day}T${String(hour).padStart(2, '0')}:00:00+01:00`;
const entry = (id: string, room: string, from: number, to: number, day = 24): CalendarEntry => ({
  id,
  room,
  starts_at: at(day, from),
  ends_at: at(day, to),
  taken_from: at(day, from),
  taken_until: at(day, to),
  kind: 'booking',
  title: null,
  organisation: null,
  status: 'confirmed',
});
const room = (slug: string, spaces: string[]) => ({ slug, name: slug, kind: 'event' as const, capacity: 10, spaces, open: [] });
const calendar = (entries: CalendarEntry[]): Calendar => ({ rooms: [room('aulan', ['a', 'b']), room('halva', ['a']), room('annan', ['c'])], entries });
const stay = { id: 'own', room: 'aulan', starts_at: at(24, 18), ends_at: at(24, 20), setup_minutes: 0, cleanup_minutes: 60 };

test('what overlaps comes first, then what lies in the time around, then the rest of the day', () => {
  const found = neighbours(stay, calendar([entry('morning', 'aulan', 8, 10), entry('after', 'aulan', 20, 22), entry('in', 'halva', 19, 21)]));
  expect(found.map((one) => [one.entry.id, one.how])).toEqual([
    ['in', 'overlaps'],
    ['after', 'tight'],
    ['morning', 'apart'],
  ]);
});

test('other rooms, other days and the request itself are left out', () => {
  expect(neighbours(stay, calendar([entry('own', 'aulan', 18, 20), entry('x', 'annan', 18, 20), entry('y', 'aulan', 18, 20, 25)]))).toEqual([]);
});

test('as few calendars are asked for as 62 days allow', () => {
  const on = (day: string) => ({ starts_at: `${day}T18:00:00+01:00`, ends_at: `${day}T20:00:00+01:00` });
  expect(windows([on('2027-02-01'), on('2026-11-24'), on('2026-12-01')])).toEqual([
    { from: '2026-11-24', to: '2026-12-02' },
    { from: '2027-02-01', to: '2027-02-02' },
  ]);
  expect(windows([])).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import type { Calendar, CalendarEntry } from '../api/types';
import { closures, nextDay, programme, roomNow } from './programme';

const DAY = '2026-11-24';
const at = (hour: number, day = DAY) => `${day}T${String(hour).padStart(2, '0')}:00:00+01:00`;

const entry = (id: string, room: string, from: number, to: number, more: Partial<CalendarEntry> = {}): CalendarEntry => ({
  id,
  room,
  starts_at: at(from),
  ends_at: at(to),
  taken_from: at(from),
  taken_until: at(to),
  kind: 'booking',
  title: id,
  organisation: null,
  status: 'confirmed',
  ...more,
});

const calendar = (entries: CalendarEntry[]): Calendar => ({
  rooms: [
    { slug: 'aulan', name: 'Aulan', kind: 'event', capacity: 100, spaces: ['a', 'b'], open: [{ starts_at: at(7), ends_at: at(22) }] },
    { slug: 'aulan-a', name: 'Aulan A', kind: 'event', capacity: 50, spaces: ['a'], open: [{ starts_at: at(7), ends_at: at(22) }] },
  ],
  entries,
});

describe('the programme', () => {
  it('shows what is on and to come, by start, and neither what is over nor what is not decided', () => {
    const all = calendar([
      entry('late', 'aulan', 18, 20),
      entry('over', 'aulan', 8, 9),
      entry('on', 'aulan-a', 9, 11),
      entry('asked', 'aulan', 12, 13, { status: 'pending' }),
    ]);
    expect(programme(all, DAY, 10 * 60).map((one) => [one.title, one.room])).toEqual([
      ['on', 'Aulan A'],
      ['late', 'Aulan'],
    ]);
  });

  it('names a closure once, with all its rooms', () => {
    const all = calendar([entry('c', 'aulan', 8, 9, { kind: 'closure', status: 'closed' }), entry('c', 'aulan-a', 8, 9, { kind: 'closure', status: 'closed' })]);
    expect(closures(all, DAY)).toMatchObject([{ rooms: ['Aulan', 'Aulan A'] }]);
    expect(programme(all, DAY, 0)).toEqual([]);
  });

  it('knows the next day with something on it', () => {
    const later = entry('x', 'aulan', 9, 10, { starts_at: at(9, '2026-11-26'), ends_at: at(10, '2026-11-26') });
    expect(nextDay(calendar([later]), DAY)).toBe('2026-11-26');
    expect(nextDay(calendar([]), DAY)).toBeNull();
  });
});

describe('a room', () => {
  const all = calendar([entry('on', 'aulan', 9, 11), entry('next', 'aulan-a', 14, 15)]);
  const [, room] = all.rooms;
  const now = (hour: number) => room && roomNow(all, room, DAY, hour * 60);

  it('is busy too when a room it shares a space with is', () => {
    expect(now(10)).toMatchObject({ state: 'busy', until: 660, next: { from: 840 } });
  });

  it('is free until the next one, and then for the rest of the day', () => {
    expect(now(12)).toMatchObject({ state: 'free', until: 840 });
    expect(now(16)).toMatchObject({ state: 'free', until: null, next: null });
  });

  it('is closed outside the opening hours', () => {
    expect(now(6)).toMatchObject({ state: 'closed', until: 420 });
    expect(now(23)).toMatchObject({ state: 'closed', until: null });
  });
});

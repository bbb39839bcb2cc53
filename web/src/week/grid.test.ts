import { describe, expect, it } from 'vitest';
import type { Calendar, CalendarEntry, CalendarRoom } from '../api/types';
import { cells, dayOfRoom, hoursOf, place, proposal, selection, step, without } from './grid';

const DAY = '2026-11-24';
const at = (time: string) => `${DAY}T${time}:00+01:00`;
const BEFORE = { day: '2026-11-20', minute: 0 };

function room(slug: string, spaces: string[]): CalendarRoom {
  return { slug, name: slug, kind: 'event', capacity: 20, spaces, open: [{ starts_at: at('08:00'), ends_at: at('22:00') }] };
}

function entry(room: string, from: string, to: string, kind: CalendarEntry['kind'] = 'booking'): CalendarEntry {
  const closure = kind === 'closure';
  return {
    id: `${room}${from}`,
    room,
    starts_at: at(from),
    ends_at: at(to),
    taken_from: at(from),
    taken_until: at(to),
    kind,
    title: closure ? 'Golvet oljas' : null,
    organisation: null,
    status: closure ? 'closed' : 'confirmed',
  };
}

/** With time before and after in which the room is made ready. */
const readied = (one: CalendarEntry, from: string, until: string): CalendarEntry => ({ ...one, taken_from: at(from), taken_until: at(until) });

const whole = room('aulan', ['aulan-a', 'aulan-b']);
const half = room('aulan-a', ['aulan-a']);
const other = room('aulan-b', ['aulan-b']);
const calendar = (...entries: CalendarEntry[]): Calendar => ({ rooms: [whole, half, other], entries });

describe('a day of a room', () => {
  it('is free where it is open and not taken', () => {
    const day = dayOfRoom(calendar(entry('aulan-a', '13:00', '15:00')), half, DAY, BEFORE);
    expect(day.free).toEqual([
      { from: 480, to: 780 },
      { from: 900, to: 1320 },
    ]);
  });
  it('is taken with a room that shares a space, and not with one that does not', () => {
    const all = calendar(entry('aulan', '13:00', '15:00'), entry('aulan-b', '16:00', '17:00'));
    expect(dayOfRoom(all, half, DAY, BEFORE).taken.map((one) => [one.from, one.through?.slug])).toEqual([[780, 'aulan']]);
    expect(dayOfRoom(all, whole, DAY, BEFORE).taken.map((one) => one.through?.slug)).toEqual([undefined, 'aulan-b']);
  });
  it('is over up to now', () => {
    expect(dayOfRoom(calendar(), half, DAY, { day: DAY, minute: 610 }).free).toEqual([{ from: 610, to: 1320 }]);
    expect(dayOfRoom(calendar(), half, DAY, { day: '2026-11-25', minute: 0 }).free).toEqual([]);
  });
});

describe('cells', () => {
  it('tell free, partly free, taken, closed and past apart', () => {
    const now = { day: DAY, minute: 510 };
    const day = dayOfRoom(calendar(entry('aulan-a', '13:30', '15:00'), entry('aulan-a', '18:00', '19:00', 'closure')), half, DAY, now);
    const states = cells(day, { from: 420, to: 1380 }, 60, now).map((cell) => cell.state);
    expect(states.slice(0, 3)).toEqual(['closed', 'partly', 'free']);
    expect(states[6]).toBe('partly');
    expect(states[7]).toBe('busy');
    expect(states[11]).toBe('closed');
    expect(states.at(-1)).toBe('closed');
    const later = { day: DAY, minute: 600 };
    expect(cells(dayOfRoom(calendar(), half, DAY, later), { from: 480, to: 720 }, 60, later).map((cell) => cell.state)).toEqual([
      'past',
      'past',
      'free',
      'free',
    ]);
  });
  it('can be longer than an hour on a small screen', () => {
    const day = dayOfRoom(calendar(), half, DAY, BEFORE);
    expect(cells(day, hoursOf([day], 120), 120, BEFORE)).toHaveLength(7);
  });
});

describe('what a tap asks for', () => {
  const day = dayOfRoom(calendar(entry('aulan-a', '13:30', '15:00')), half, DAY, BEFORE);
  it('is an hour, or what is left before the next booking', () => {
    expect(proposal(day, { from: 600, to: 660 })).toEqual({ from: 600, to: 660 });
    expect(proposal(day, { from: 780, to: 840 })).toEqual({ from: 780, to: 810 });
    expect(proposal(day, { from: 840, to: 900 })).toBeNull();
  });
  it('is as long as one draws, in either direction, up to the next booking', () => {
    expect(selection(day, { from: 600, to: 660 }, { from: 720, to: 780 })).toEqual({ from: 600, to: 780 });
    expect(selection(day, { from: 720, to: 780 }, { from: 600, to: 660 })).toEqual({ from: 600, to: 780 });
    expect(selection(day, { from: 720, to: 780 }, { from: 900, to: 960 })).toEqual({ from: 720, to: 810 });
  });
});

describe('the table', () => {
  it('shows the hours that are open', () => {
    expect(hoursOf([dayOfRoom(calendar(), half, DAY, BEFORE)])).toEqual({ from: 480, to: 1320 });
  });
  it('places a span in per cent', () => {
    expect(place({ from: 540, to: 600 }, { from: 480, to: 720 })).toEqual({ start: 25, size: 25 });
  });
  it('takes holes out of spans', () => {
    expect(without([{ from: 0, to: 10 }], [{ from: 0, to: 2 }, { from: 9, to: 20 }])).toEqual([{ from: 2, to: 9 }]);
  });
  it('is walked by arrows, within its bounds', () => {
    expect(step('ArrowRight', { row: 0, column: 0 }, 8, 15, false)).toEqual({ row: 0, column: 1 });
    expect(step('ArrowUp', { row: 0, column: 0 }, 8, 15, false)).toBeNull();
    expect(step('End', { row: 2, column: 3 }, 8, 15, false)).toEqual({ row: 2, column: 14 });
    expect(step('Home', { row: 2, column: 3 }, 8, 15, true)).toEqual({ row: 0, column: 0 });
    expect(step('a', { row: 0, column: 0 }, 8, 15, false)).toBeNull();
  });
});

it('does not call free what is needed to make the room ready, nor taken by anybody', () => {
  const day = dayOfRoom(calendar(readied(entry('aulan-a', '13:00', '15:00'), '12:00', '15:30')), half, DAY, BEFORE);
  expect(day.readied).toEqual([
    { from: 720, to: 780 },
    { from: 900, to: 930 },
  ]);
  expect(day.free).toEqual([
    { from: 480, to: 720 },
    { from: 930, to: 1320 },
  ]);
  const [noon] = cells(day, { from: 720, to: 780 }, 60, BEFORE);
  expect(noon).toMatchObject({ state: 'busy', taken: [], readied: [{ from: 720, to: 780 }] });
});

/** What a screen on the wall shows of the calendar, and for how long it may be believed. Knows no screen. */
import type { Calendar, CalendarEntry, CalendarRoom } from '../api/types';
import { dayOf, onDay, type Day } from '../app/time';
import { dayOfRoom, type Span } from '../week/grid';

export interface Kept {
  /** When the service answered. */
  at: number;
  calendar: Calendar;
}

/** Older than this it says its age: a renewal or two may fail without anybody having to know. */
export const OLD = 5 * 60_000;

export interface Showing extends Span {
  id: string;
  room: string;
  title: string | null;
  organisation: string | null;
}

/** The day's gatherings that have not ended, by start and room. */
export function programme(calendar: Calendar, day: Day, minute: number): Showing[] {
  return calendar.entries
    .filter((entry) => entry.kind === 'booking' && entry.status !== 'pending' && entry.status !== 'no_show')
    .flatMap((entry) => {
      const span = onDay(entry, day);
      return span && span.to > minute ? [{ ...span, id: entry.id, room: nameOf(calendar, entry), title: entry.title, organisation: entry.organisation?.name ?? null }] : [];
    })
    .sort((a, b) => a.from - b.from || a.room.localeCompare(b.room, 'sv'));
}

/** Closures of a day, each once with all its rooms. */
export function closures(calendar: Calendar, day: Day): (Span & { id: string; rooms: string[]; title: string | null })[] {
  const found = new Map<string, Span & { id: string; rooms: string[]; title: string | null }>();
  for (const entry of calendar.entries) {
    const span = entry.kind === 'closure' ? onDay(entry, day) : null;
    if (!span) continue;
    const known = found.get(entry.id);
    if (known) known.rooms.push(nameOf(calendar, entry));
    else found.set(entry.id, { ...span, id: entry.id, rooms: [nameOf(calendar, entry)], title: entry.title });
  }
  return [...found.values()];
}

const nameOf = (calendar: Calendar, entry: CalendarEntry) => calendar.rooms.find((room) => room.slug === entry.room)?.name ?? entry.room;

/** The first day after `day` with something on it. */
export function nextDay(calendar: Calendar, day: Day): Day | null {
  const days = calendar.entries.filter((entry) => entry.kind === 'booking').map((entry) => dayOf(entry.starts_at));
  return days.filter((one) => one > day).sort()[0] ?? null;
}

export interface RoomNow {
  state: 'free' | 'busy' | 'closed';
  /** Until when; null if that is beyond the day. */
  until: number | null;
  /** What is on, as far as everybody may read it. */
  now: CalendarEntry | null;
  next: (Span & { entry: CalendarEntry }) | null;
}

export function roomNow(calendar: Calendar, room: CalendarRoom, day: Day, minute: number): RoomNow {
  const { open, taken } = dayOfRoom(calendar, room, day, { day, minute });
  const certain = taken.filter((one) => one.entry.status !== 'pending' && one.entry.status !== 'no_show');
  const next = certain.find((one) => one.from > minute) ?? null;
  const on = certain.find((one) => one.from <= minute && one.to > minute);
  if (on) return { state: on.entry.kind === 'closure' ? 'closed' : 'busy', until: on.to < 1440 ? on.to : null, now: on.entry, next };
  const hours = open.find((one) => one.from <= minute && one.to > minute);
  if (!hours) {
    const opens = open.find((one) => one.from > minute);
    return { state: 'closed', until: opens?.from ?? null, now: null, next };
  }
  const end = next ? Math.min(next.from, hours.to) : null;
  return { state: 'free', until: end, now: null, next };
}

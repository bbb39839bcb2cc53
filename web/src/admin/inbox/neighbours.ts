/** What else is in a room on the day of a request, and what of it collides. */
import type { Booking, Calendar, CalendarEntry } from '../../api/types';
import { addDays, dayOf, type Day } from '../../app/time';

export interface Neighbour {
  entry: CalendarEntry;
  /** `overlaps` the stay itself, or lies in the time kept free around it (`tight`). */
  how: 'overlaps' | 'tight' | 'apart';
}

type Stay = Pick<Booking, 'id' | 'room' | 'starts_at' | 'ends_at' | 'setup_minutes' | 'cleanup_minutes'>;

/** Those in the room, or in one that shares its floor, on the days of the stay; what collides first. */
export function neighbours(stay: Stay, calendar: Calendar): Neighbour[] {
  const spaces = calendar.rooms.find((room) => room.slug === stay.room)?.spaces ?? [];
  const shared = new Set(calendar.rooms.filter((room) => room.spaces.some((space) => spaces.includes(space))).map((room) => room.slug));
  shared.add(stay.room);
  const [from, to] = [Date.parse(stay.starts_at), Date.parse(stay.ends_at)];
  const around = { from: from - stay.setup_minutes * 60_000, to: to + stay.cleanup_minutes * 60_000 };
  const how = (entry: CalendarEntry): Neighbour['how'] => {
    const [starts, ends] = [Date.parse(entry.starts_at), Date.parse(entry.ends_at)];
    if (starts < to && ends > from) return 'overlaps';
    return starts < around.to && ends > around.from ? 'tight' : 'apart';
  };
  const rank = { overlaps: 0, tight: 1, apart: 2 };
  return calendar.entries
    // A closure stands once for each room that it closes.
    .filter((entry) => entry.id !== stay.id && (entry.kind === 'closure' ? entry.room === stay.room : shared.has(entry.room)) && sameDays(entry, stay))
    .map((entry) => ({ entry, how: how(entry) }))
    .sort((a, b) => rank[a.how] - rank[b.how] || a.entry.starts_at.localeCompare(b.entry.starts_at));
}

interface Stretch {
  starts_at: string;
  ends_at: string;
}

const sameDays = (a: Stretch, b: Stretch) => dayOf(a.starts_at) <= dayOf(b.ends_at) && dayOf(a.ends_at) >= dayOf(b.starts_at);

/** The fewest stretches of at most `longest` days that hold every stay: a calendar is asked for each. */
export function windows(stays: Stretch[], longest = 62): { from: Day; to: Day }[] {
  const found: { from: Day; to: Day }[] = [];
  for (const stay of [...stays].sort((a, b) => a.starts_at.localeCompare(b.starts_at))) {
    const first = dayOf(stay.starts_at);
    const end = addDays(dayOf(stay.ends_at), 1);
    const last = found.at(-1);
    if (last && end <= addDays(last.from, longest)) {
      if (end > last.to) last.to = end;
    } else found.push({ from: first, to: end });
  }
  return found;
}

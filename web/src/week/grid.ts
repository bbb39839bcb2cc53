/** What is free, taken and closed, cut into cells that one can step through. Knows no screen. */
import type { Calendar, CalendarEntry, CalendarRoom } from '../api/types';
import { onDay, type Day } from '../app/time';

/** Minutes of a day, half-open. */
export interface Span {
  from: number;
  to: number;
}

export interface Taken extends Span {
  entry: CalendarEntry;
  /** The other room whose booking takes this one with it, because they share a space. */
  through: CalendarRoom | null;
}

export interface DayOfRoom {
  room: CalendarRoom;
  day: Day;
  open: Span[];
  taken: Taken[];
  /** Around what is taken: the room is made ready for it, and for the next. */
  readied: Span[];
  /** Open, not taken and not over. */
  free: Span[];
}

export type CellState = 'free' | 'partly' | 'busy' | 'closed' | 'past';

export interface Cell extends Span {
  state: CellState;
  taken: Taken[];
  readied: Span[];
  free: Span[];
}

export interface Moment {
  day: Day;
  minute: number;
}

/** How one room fares on one day. */
export function dayOfRoom(calendar: Calendar, room: CalendarRoom, day: Day, now: Moment): DayOfRoom {
  const open = room.open.flatMap((stretch) => onDay(stretch, day) ?? []).sort((a, b) => a.from - b.from);
  const taken = calendar.entries
    .flatMap((entry): Taken[] => {
      const through = entry.room === room.slug ? null : sharing(calendar, room, entry);
      if (entry.room !== room.slug && !through) return [];
      const span = onDay(entry, day);
      return span ? [{ ...span, entry, through }] : [];
    })
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const readied = taken.flatMap(({ entry }) => {
    const whole = onDay({ starts_at: entry.taken_from, ends_at: entry.taken_until }, day);
    return whole ? without([whole], taken) : [];
  });
  const past = day < now.day ? 1440 : day === now.day ? now.minute : 0;
  const free = without(open, [...taken, ...readied, { from: 0, to: past }]);
  return { room, day, open, taken, readied, free };
}

/** The room of an entry, if it has a space in common with `room`. A closure names each room it closes itself. */
function sharing(calendar: Calendar, room: CalendarRoom, entry: CalendarEntry): CalendarRoom | null {
  if (entry.kind === 'closure') return null;
  const other = calendar.rooms.find((one) => one.slug === entry.room);
  return other?.spaces.some((space) => room.spaces.includes(space)) ? other : null;
}

/** What of `spans` is left when `holes` are taken out. */
export function without(spans: Span[], holes: Span[]): Span[] {
  let left = spans;
  for (const hole of holes) {
    left = left.flatMap((span) => {
      if (hole.to <= span.from || hole.from >= span.to) return [span];
      return [
        { from: span.from, to: hole.from },
        { from: hole.to, to: span.to },
      ].filter((piece) => piece.to > piece.from);
    });
  }
  return left;
}

const within = (spans: Span[], cell: Span) =>
  spans.flatMap((span) => {
    const from = Math.max(span.from, cell.from);
    const to = Math.min(span.to, cell.to);
    return to > from ? [{ ...span, from, to }] : [];
  });

/** The cells of a day, `step` minutes each. */
export function cells(day: DayOfRoom, hours: Span, step: number, now: Moment): Cell[] {
  const list: Cell[] = [];
  for (let from = hours.from; from < hours.to; from += step) {
    const cell = { from, to: Math.min(from + step, hours.to) };
    const free = within(day.free, cell);
    const taken = day.taken.filter((one) => one.from < cell.to && one.to > cell.from);
    const readied = within(day.readied, cell);
    const over = day.day < now.day || (day.day === now.day && cell.to <= now.minute);
    const isFree = free.length === 1 && free[0]?.from === cell.from && free[0].to === cell.to;
    const closed = taken.every((one) => one.entry.kind === 'closure') && (taken.length > 0 || within(day.open, cell).length === 0);
    const state = isFree ? 'free' : free.length > 0 ? 'partly' : closed ? 'closed' : over && taken.length === 0 ? 'past' : 'busy';
    // What is left of the running hour is free, yet too short to be told apart.
    list.push({ ...cell, state: state === 'busy' && taken.length + readied.length === 0 ? 'past' : state, taken, readied, free });
  }
  return list;
}

/** The hours to be shown: from the first opening to the last closing, in whole steps, and any booking outside of them. */
export function hoursOf(days: DayOfRoom[], step = 60): Span {
  const spans = days.flatMap((day) => [...day.open, ...day.taken.filter((one) => one.entry.kind !== 'closure')]);
  if (spans.length === 0) return { from: 8 * 60, to: 20 * 60 };
  const from = Math.floor(Math.min(...spans.map((span) => span.from)) / 60) * 60;
  const last = Math.max(...spans.map((span) => span.to));
  return { from, to: from + Math.max(1, Math.ceil((last - from) / step)) * step };
}

/** Stretches that are not open, to be hatched. */
export const shut = (day: DayOfRoom, hours: Span): Span[] => without([hours], day.open);

/** Where in the shown hours a span lies, in per cent. */
export function place(span: Span, hours: Span): { start: number; size: number } {
  const whole = hours.to - hours.from;
  const from = Math.max(span.from, hours.from);
  const to = Math.min(span.to, hours.to);
  return { start: ((from - hours.from) / whole) * 100, size: (Math.max(0, to - from) / whole) * 100 };
}

/** The free stretch that begins at a cell's first free minute, up to `longest` minutes: what a tap on it asks for. */
export function proposal(day: DayOfRoom, cell: Span, longest = 60): Span | null {
  const stretch = day.free.find((span) => span.to > cell.from && span.from < cell.to);
  if (!stretch) return null;
  const from = Math.ceil(Math.max(stretch.from, cell.from) / 15) * 15;
  const to = Math.min(stretch.to, from + longest);
  return to > from ? { from, to } : null;
}

/** The selection from one cell to another in the same row, cut where the free time ends. */
export function selection(day: DayOfRoom, anchor: Span, head: Span): Span | null {
  const wanted = { from: Math.min(anchor.from, head.from), to: Math.max(anchor.to, head.to) };
  const stretch = day.free.find((span) => span.to > anchor.from && span.from < anchor.to);
  if (!stretch) return null;
  const from = Math.ceil(Math.max(stretch.from, wanted.from) / 15) * 15;
  const to = Math.min(stretch.to, wanted.to);
  return to > from ? { from, to } : null;
}

/** Where an arrow key leads in a table of `rows` by `columns`; null if it leads nowhere new. */
export function step(key: string, at: { row: number; column: number }, rows: number, columns: number, ctrl: boolean) {
  const to = { ...at };
  if (key === 'ArrowUp') to.row -= 1;
  else if (key === 'ArrowDown') to.row += 1;
  else if (key === 'ArrowLeft') to.column -= 1;
  else if (key === 'ArrowRight') to.column += 1;
  else if (key === 'Home') [to.row, to.column] = [ctrl ? 0 : at.row, 0];
  else if (key === 'End') [to.row, to.column] = [ctrl ? rows - 1 : at.row, columns - 1];
  else return null;
  to.row = Math.max(0, Math.min(rows - 1, to.row));
  to.column = Math.max(0, Math.min(columns - 1, to.column));
  return to.row === at.row && to.column === at.column ? null : to;
}

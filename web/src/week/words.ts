/** What a cell says, to eyes and ears. */
import type { CalendarEntry } from '../api/types';
import { spokenDay, spokenTime, time, timeRange } from '../app/format';
import { i18n, t, type Language } from '../app/i18n.svelte';
import { session } from '../app/session.svelte';
import type { Cell, DayOfRoom, Span, Taken } from './grid';

const spoken = (language: Language, span: Span) => `${spokenTime(language, span.from)}–${spokenTime(language, span.to)}`;

/** `7–13, 15–22`. */
export const spans = (list: Span[]) => list.map((span) => spoken(i18n.language, span)).join(', ');

/** What is known about an entry: title and association, or nothing. */
export function known(taken: Taken): string {
  if (taken.through) return t().week.through(taken.through.name);
  return [taken.entry.title, taken.entry.organisation?.name].filter(Boolean).join(', ');
}

/** The same where there is room for a word or two. */
export const brief = (taken: Taken) => (taken.through ? taken.through.name : headline(taken));

/** `11.30–13`: as short as a time can be. */
export const briefRange = (span: Span) => spoken(i18n.language, span);

/** What stands on an entry where there is room for a few words. */
export function headline(taken: Taken): string {
  const { entry, through } = taken;
  if (entry.kind === 'closure') return entry.title ?? t().week.closedLabel;
  if (through) return t().week.through(through.name);
  return entry.title ?? (entry.status === 'pending' ? t().week.pending : t().week.booked);
}

function takenWords(taken: Taken): string {
  if (taken.entry.kind === 'closure') return t().week.closedBecause(taken.entry.title ?? '');
  const pending = taken.entry.status === 'pending' ? ` (${t().week.pendingHint})` : '';
  return t().week.bookedSpoken(spoken(i18n.language, taken), known(taken)) + pending;
}

export function cellWords(cell: Cell): string {
  const taken = [...cell.taken.map(takenWords), ...cell.readied.map((span) => t().week.readied(spoken(i18n.language, span)))];
  if (cell.state === 'free') return t().week.free;
  if (cell.state === 'partly') return [t().week.freeTimes(spans(cell.free)), ...taken].join(', ');
  if (cell.state === 'past') return t().week.past;
  return taken.length > 0 ? taken.join(', ') : t().week.notOpen;
}

/** `Konferens 1, tisdag 24 november kl. 18, ledigt`. */
export const cellLabel = (day: DayOfRoom, cell: Cell) =>
  t().week.cell(day.room.name, spokenDay(i18n.language, day.day), spokenTime(i18n.language, cell.from), cellWords(cell));

/** `Konferens 1, tisdag 24 november, ledigt 7–13, bokat 13–15`. */
export function dayLabel(day: DayOfRoom): string {
  const free = day.free.length > 0 ? t().week.freeTimes(spans(day.free)) : day.open.length === 0 ? t().week.closed : t().week.noFree;
  return t().week.dayCell(day.room.name, spokenDay(i18n.language, day.day), [free, ...day.taken.map(takenWords), ...day.readied.map((span) => t().week.readied(spoken(i18n.language, span)))].join(', '));
}

export const range = (span: Span) => timeRange(i18n.language, span.from, span.to);
export const hour = (minute: number) => time(i18n.language, minute).slice(0, 2);

/** May the person open this booking? The calendar names the organisation only to those who may know it. */
export function mayOpen(entry: CalendarEntry): boolean {
  if (entry.kind !== 'booking') return false;
  return session.isStaff || session.memberships.some((one) => one.organisation_id === entry.organisation?.id);
}

export const isOwn = (entry: CalendarEntry) => session.memberships.some((one) => one.organisation_id === entry.organisation?.id);

export type Look = 'own' | 'pending' | 'closure' | 'booked';

export function lookOf(entry: CalendarEntry): Look {
  if (entry.kind === 'closure') return 'closure';
  if (isOwn(entry)) return entry.status === 'pending' ? 'pending' : 'own';
  return entry.status === 'pending' ? 'pending' : 'booked';
}

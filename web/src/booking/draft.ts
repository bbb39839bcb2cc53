/** What somebody is about to book, as it stands in the form. */
import type { Booking, Category, Display, LayoutName, NewBooking } from '../api/types';
import type { Overriding } from './override.svelte';
import { dayOf, instant, minuteOf, type Day } from '../app/time';

export interface Draft {
  room: string;
  day: Day;
  from: number;
  to: number;
  title: string;
  category: Category;
  /** As it was typed: a field that is being emptied is no number. */
  participants: number | null;
  layout: LayoutName | '';
  display: Display | '';
  description: string;
  phone: string;
}

export const CATEGORIES: Category[] = [
  'meeting',
  'board_meeting',
  'workshop',
  'seminar',
  'training',
  'lecture',
  'learning_lunch',
  'dialogue_forum',
  'culture',
  'youth_activity',
  'course',
  'other',
];
export const DISPLAYS: Display[] = ['title', 'neutral', 'hidden'];

export function empty(room: string, day: Day, from: number, to: number): Draft {
  return { room, day, from, to, title: '', category: 'meeting', participants: null, layout: '', display: '', description: '', phone: '' };
}

export function ofBooking(booking: Booking): Draft {
  const from = minuteOf(booking.starts_at);
  const day = dayOf(booking.starts_at);
  // What ends at midnight ends on this day, at its 1440th minute; what goes on longer is shown up to then.
  const to = dayOf(booking.ends_at) === day ? minuteOf(booking.ends_at) : 1440;
  return {
    room: booking.room,
    day,
    from,
    to,
    title: booking.title,
    category: booking.category,
    participants: booking.expected_participants,
    layout: booking.layout ?? '',
    display: booking.display,
    description: booking.description ?? '',
    phone: booking.contact_phone ?? '',
  };
}

export type Wire = Omit<NewBooking, 'organisation_id' | keyof Overriding | 'on_behalf_of'>;

/** As the service wants it. A draft without participants is sent with 0, and the service says what is wrong with that. */
export function wire(draft: Draft): Wire {
  return {
    room: draft.room,
    title: draft.title.trim(),
    category: draft.category,
    starts_at: instant(draft.day, draft.from),
    ends_at: instant(draft.day, draft.to),
    expected_participants: draft.participants ?? 0,
    layout: draft.layout || null,
    ...(draft.display ? { display: draft.display } : {}),
    description: draft.description.trim() || null,
    contact_phone: draft.phone.trim() || null,
  };
}

/** The members of `next` that differ from `was`: what a change has to send. */
export function changes<T extends object>(was: T, next: T): Partial<T> {
  const list = Object.entries(next).filter(([name, value]) => (was as Record<string, unknown>)[name] !== value);
  return Object.fromEntries(list) as Partial<T>;
}

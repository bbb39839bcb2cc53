/** Where a booking may be put in a week of its room. Knows no screen. */
import type { Booking } from '../api/types';
import { dayOf, minuteOf, type Day } from '../app/time';
import type { DayOfRoom, Span } from '../week/grid';

export interface Place extends Span {
  day: Day;
}

/** Day and minutes of a booking; undefined if it goes on over midnight, which no row of a week can show. */
export function placeOf(booking: Pick<Booking, 'starts_at' | 'ends_at'>): Place | undefined {
  const day = dayOf(booking.starts_at);
  const from = minuteOf(booking.starts_at);
  const last = dayOf(booking.ends_at);
  const end = minuteOf(booking.ends_at);
  if (last === day) return { day, from, to: end };
  const midnight = end === 0 && Date.parse(booking.ends_at) - Date.parse(booking.starts_at) === (1440 - from) * 60_000;
  return midnight ? { day, from, to: 1440 } : undefined;
}

/** As long as before, begun on the grid nearest to `from` and within the day. */
export function snapped(place: Place, day: Day, from: number, grid: number): Place {
  const length = place.to - place.from;
  const last = Math.floor((1440 - length) / grid) * grid;
  const start = Math.max(0, Math.min(last, Math.round(from / grid) * grid));
  return { day, from: start, to: start + length };
}

/** Is all of it free? */
export const fits = (day: DayOfRoom | undefined, span: Span): boolean => day?.free.some((free) => free.from <= span.from && free.to >= span.to) ?? false;

/** The minute under a pointer, `fraction` of the way through the shown hours, if the booking is held in its middle. */
export const minuteAt = (fraction: number, hours: Span, place: Span): number => hours.from + fraction * (hours.to - hours.from) - (place.to - place.from) / 2;

export const samePlace = (a: Place, b: Place): boolean => a.day === b.day && a.from === b.from && a.to === b.to;

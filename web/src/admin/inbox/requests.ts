/** Bookings that wait, as the requests that they are. */
import type { Booking } from '../../api/types';

/** Of each series only its first booking: it is asked for as a whole and answered as one. */
export function asRequests<T extends Pick<Booking, 'series_id'>>(bookings: T[]): T[] {
  const seen = new Set<string>();
  return bookings.filter((one) => {
    if (!one.series_id) return true;
    if (seen.has(one.series_id)) return false;
    seen.add(one.series_id);
    return true;
  });
}

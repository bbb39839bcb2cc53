/** What a test has to know about its house beforehand: the sample year lies around today, so no day and no time can be written down. */
import { addDays, dayOf, instant, minuteOf, today } from '../../../web/src/app/time';
import type { Client, Schemas } from './client';
import type { House } from './house';

export interface RoomTime {
  room: string;
  starts_at: string;
  ends_at: string;
}

/** The first time from so many days ahead on in which so many people can be somewhere for so long. */
export async function freeTime(house: House, wish: { minutes: number; people: number; days: number; room?: string }): Promise<RoomTime> {
  const { minutes, people, days, room: only } = wish;
  const api = await house.as('booker');
  for (let ahead = days; ahead < days + 21; ahead += 1) {
    const day = addDays(today(), ahead);
    const query = { from: instant(day, 8 * 60), to: instant(day, 22 * 60), minutes, people, ...(only ? { room: only } : {}) };
    const { items } = await api.get<Schemas['AvailabilityList']>('/availability', query);
    for (const { room, stretches } of items) {
      const [stretch] = stretches;
      if (!stretch) continue;
      const start = minuteOf(stretch.starts_at);
      return { room, starts_at: stretch.starts_at, ends_at: instant(dayOf(stretch.starts_at), start + minutes) };
    }
  }
  throw new Error(`nothing is free for ${minutes} minutes in three weeks`);
}

/** A coming booking of another association that strangers see as no more than taken. */
export async function strangersBooking(house: House): Promise<Schemas['Booking']> {
  const [admin, booker] = [await house.as('admin'), await house.as('booker')];
  const own = new Set((await booker.get<Schemas['Me']>('/me')).memberships.map((one) => one.organisation_id));
  const from = addDays(today(), 3);
  const coming = await admin.all<Schemas['Booking']>('/bookings', { from: instant(from, 0), to: instant(addDays(from, 14), 0), status: 'confirmed', order: 'asc' });
  const found = coming.find((one) => {
    const length = minuteOf(one.ends_at) - minuteOf(one.starts_at);
    return one.display === 'neutral' && !own.has(one.organisation.id) && one.expected_participants < 20 && length >= 60 && length <= 240;
  });
  if (!found) throw new Error('no other association has booked anything in two weeks');
  return found;
}

/** The association that a member acts for unless they choose. */
export async function ownOrganisation(api: Client): Promise<string> {
  const [first] = (await api.get<Schemas['Me']>('/me')).memberships;
  if (!first) throw new Error('is in no association');
  return first.organisation_id;
}

/** Midnight would tear a test of today in two: what begins shortly before waits until it has been. */
export async function aDayAhead(): Promise<void> {
  const left = Date.parse(instant(addDays(today(), 1), 0)) - Date.now();
  if (left < 60_000) await new Promise((resolve) => setTimeout(resolve, left + 1000));
}

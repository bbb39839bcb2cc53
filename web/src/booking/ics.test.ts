import ICAL from 'ical.js';
import { expect, it } from 'vitest';
import type { Booking } from '../api/types';
import { calendarFile } from './ics';

const booking = {
  id: '01a1',
  version: 2,
  title: 'Fika, samtal; och mer\nså: "klart" \\o/',
  status: 'confirmed',
  starts_at: '2027-03-28T01:30:00+01:00',
  ends_at: '2027-03-28T03:30:00+02:00',
  updated_at: '2026-11-02T11:03:20+01:00',
} as Booking;

/** The one event of the file, as a reader that is not ours understands it. */
function read(file: string) {
  const calendar = new ICAL.Component(ICAL.parse(file));
  expect([calendar.getFirstPropertyValue('version'), calendar.getAllSubcomponents().length]).toEqual(['2.0', 1]);
  return new ICAL.Event(calendar.getFirstSubcomponent('vevent') ?? undefined);
}

it('is the event that feed and invitation have, in UTC over the clock change', () => {
  const event = read(calendarFile(booking, 'Konferens 1', 'https://example.org/bokningar/01a1'));
  expect([event.uid, event.sequence, event.summary, event.location]).toEqual(['01a1', 1, booking.title, 'Konferens 1, Nobel 21, Malmö']);
  expect([event.startDate.toJSDate(), event.endDate.toJSDate()]).toEqual([new Date('2027-03-28T00:30:00Z'), new Date('2027-03-28T01:30:00Z')]);
  expect(event.component.getFirstPropertyValue('dtstamp')?.toString()).toBe('2026-11-02T10:03:20Z');
  expect(event.component.getFirstPropertyValue('status')).toBe('CONFIRMED');
});

it('folds long lines without cutting a letter', () => {
  const file = calendarFile({ ...booking, title: 'Å'.repeat(100) }, 'Aulan', 'x');
  for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  expect(file.endsWith('END:VCALENDAR\r\n')).toBe(true);
  expect(read(file).summary).toBe('Å'.repeat(100));
});

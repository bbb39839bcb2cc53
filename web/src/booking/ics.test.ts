import { expect, it } from 'vitest';
import type { Booking } from '../api/types';
import { calendarFile } from './ics';

const booking = {
  id: '01a1',
  version: 2,
  title: 'Fika, samtal; och mer',
  status: 'confirmed',
  starts_at: '2026-11-24T18:00:00+01:00',
  ends_at: '2026-11-24T20:00:00+01:00',
  updated_at: '2026-11-02T11:03:20+01:00',
} as Booking;

it('is what calendars read: UTC, escaped, CRLF', () => {
  const file = calendarFile(booking, 'Konferens 1', 'https://example.org/bokningar/01a1');
  expect(file).toContain('DTSTART:20261124T170000Z\r\n');
  expect(file).toContain('SUMMARY:Fika\\, samtal\\; och mer\r\n');
  expect(file.endsWith('END:VCALENDAR\r\n')).toBe(true);
});

it('folds long lines without cutting a letter', () => {
  const file = calendarFile({ ...booking, title: 'Å'.repeat(100) }, 'Aulan', 'x');
  for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  expect(file.replace(/\r\n /g, '')).toContain(`SUMMARY:${'Å'.repeat(100)}`);
});

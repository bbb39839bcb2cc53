import { expect, it } from 'vitest';
import type { Booking } from '../api/types';
import { changes, empty, ofBooking, wire } from './draft';

it('sends wall time with the offset of that day', () => {
  const draft = { ...empty('aulan', '2026-07-01', 1080, 1440), title: ' Kör ', participants: 12 };
  expect(wire(draft)).toMatchObject({
    starts_at: '2026-07-01T18:00:00+02:00',
    ends_at: '2026-07-02T00:00:00+02:00',
    title: 'Kör',
    layout: null,
  });
});

it('leaves what strangers see to the service until somebody chooses', () => {
  expect(wire(empty('aulan', '2026-07-01', 600, 660))).not.toHaveProperty('display');
});

it('sends of a change only what changed', () => {
  const booking = {
    room: 'aulan',
    starts_at: '2026-11-24T18:00:00+01:00',
    ends_at: '2026-11-24T20:00:00+01:00',
    title: 'Kör',
    category: 'culture',
    expected_participants: 12,
    layout: null,
    display: 'neutral',
    description: null,
    contact_phone: null,
  } as Booking;
  const was = ofBooking(booking);
  expect(changes(wire(was), wire({ ...was, from: 1020 }))).toEqual({ starts_at: '2026-11-24T17:00:00+01:00' });
  expect(changes(wire(was), wire(was))).toEqual({});
});

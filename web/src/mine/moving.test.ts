import { expect, it } from 'vitest';
import type { DayOfRoom } from '../week/grid';
import { fits, minuteAt, placeOf, snapped } from './moving';

it('knows where a booking is, up to midnight and not beyond', () => {
  expect(placeOf({ starts_at: '2026-11-24T18:00:00+01:00', ends_at: '2026-11-24T20:30:00+01:00' })).toEqual({ day: '2026-11-24', from: 1080, to: 1230 });
  expect(placeOf({ starts_at: '2026-11-24T22:00:00+01:00', ends_at: '2026-11-25T00:00:00+01:00' })).toEqual({ day: '2026-11-24', from: 1320, to: 1440 });
  expect(placeOf({ starts_at: '2026-11-24T22:00:00+01:00', ends_at: '2026-11-25T01:00:00+01:00' })).toBeUndefined();
  expect(placeOf({ starts_at: '2026-11-24T22:00:00+01:00', ends_at: '2026-11-26T00:00:00+01:00' })).toBeUndefined();
});

it('keeps its length, on the grid and within the day', () => {
  const two = { day: '2026-11-24', from: 1080, to: 1200 };
  expect(snapped(two, '2026-11-25', 607, 15)).toEqual({ day: '2026-11-25', from: 600, to: 720 });
  expect(snapped(two, '2026-11-25', -90, 15)).toMatchObject({ from: 0, to: 120 });
  expect(snapped(two, '2026-11-25', 1439, 30)).toMatchObject({ from: 1320, to: 1440 });
});

it('fits where one free stretch holds all of it', () => {
  const day = { free: [{ from: 480, to: 720 }, { from: 780, to: 900 }] } as DayOfRoom;
  expect(fits(day, { from: 480, to: 720 })).toBe(true);
  expect(fits(day, { from: 700, to: 790 })).toBe(false);
  expect(fits(undefined, { from: 480, to: 500 })).toBe(false);
});

it('is held in its middle', () => {
  expect(minuteAt(0.5, { from: 420, to: 1320 }, { from: 0, to: 120 })).toBe(810);
});

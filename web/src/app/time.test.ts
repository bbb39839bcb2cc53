import { describe, expect, it } from 'vitest';
import { addDays, clock, houseTime, instant, isDay, mondayOf, mondayOfWeek, onDay, weekOf } from './time';

describe('instants of the house', () => {
  it('carry the offset that holds at that time', () => {
    expect(instant('2026-11-24', 18 * 60)).toBe('2026-11-24T18:00:00+01:00');
    expect(instant('2026-07-01', 18 * 60)).toBe('2026-07-01T18:00:00+02:00');
  });
  it('hold the wall time on both sides of the clock changes', () => {
    expect(instant('2026-03-29', 60)).toBe('2026-03-29T01:00:00+01:00');
    expect(instant('2026-03-29', 3 * 60)).toBe('2026-03-29T03:00:00+02:00');
    expect(instant('2026-10-25', 60)).toBe('2026-10-25T01:00:00+02:00');
    expect(instant('2026-10-25', 4 * 60)).toBe('2026-10-25T04:00:00+01:00');
  });
  it('are those of the browser, at every hour around every clock change', () => {
    const parts = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Stockholm',
      dateStyle: 'short',
      timeStyle: 'short',
    });
    for (let year = 2010; year <= 2037; year += 1) {
      for (const month of [2, 9]) {
        for (let hour = 0; hour < 14 * 24; hour += 1) {
          const at = Date.UTC(year, month, 20, hour);
          const { day, minute } = houseTime(at);
          expect(`${day} ${clock(minute)}`).toBe(parts.format(at));
        }
      }
    }
  });
  it('know midnight at the end of a day', () => {
    expect(instant('2026-11-24', 1440)).toBe('2026-11-25T00:00:00+01:00');
  });
});

describe('weeks', () => {
  it('are those of ISO 8601, also where the year has 53', () => {
    expect(weekOf('2026-11-21')).toEqual({ week: 47, year: 2026 });
    expect(weekOf('2027-01-03')).toEqual({ week: 53, year: 2026 });
    expect(weekOf('2027-01-04')).toEqual({ week: 1, year: 2027 });
    expect(mondayOfWeek(2026, 53)).toBe('2026-12-28');
    expect(mondayOfWeek(2027, 53)).toBeNull();
  });
  it('begin on Monday', () => {
    expect(mondayOf('2026-11-22')).toBe('2026-11-16');
    expect(mondayOf('2026-11-16')).toBe('2026-11-16');
  });
});

describe('days', () => {
  it('are counted over the clock changes', () => {
    expect(addDays('2026-10-24', 2)).toBe('2026-10-26');
  });
  it('are refused if they do not exist', () => {
    expect(isDay('2026-02-29')).toBe(false);
    expect(isDay('2028-02-29')).toBe(true);
    expect(isDay('21/11')).toBe(false);
  });
  it('get their part of an interval', () => {
    const night = { starts_at: '2026-11-24T20:00:00+01:00', ends_at: '2026-11-25T02:00:00+01:00' };
    expect(onDay(night, '2026-11-24')).toEqual({ from: 1200, to: 1440 });
    expect(onDay(night, '2026-11-25')).toEqual({ from: 0, to: 120 });
    expect(onDay(night, '2026-11-26')).toBeNull();
    expect(onDay({ ...night, ends_at: '2026-11-25T00:00:00+01:00' }, '2026-11-25')).toBeNull();
  });
});

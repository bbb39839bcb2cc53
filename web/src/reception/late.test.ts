import { describe, expect, it } from 'vitest';
import { check } from './late';

const now = Date.parse('2026-11-22T09:00:00+01:00');
const entry = { day: '2026-11-21', time: '14:30', people: '12' };

describe('a late entry', () => {
  it('is taken in the time of the house', () => {
    expect(check(entry, now)).toEqual({ at: '2026-11-21T14:30:00+01:00', people: 12 });
    expect(check({ ...entry, time: '14.30' }, now)).toMatchObject({ people: 12 });
  });

  it('names all faults at once', () => {
    expect(check({ ...entry, time: '', people: '0' }, now)).toEqual({ time: 'time', people: 'people' });
    expect(check({ ...entry, time: '24:00', people: '5001' }, now)).toEqual({ time: 'time', people: 'people' });
  });

  it('is neither of the future nor of another year', () => {
    expect(check({ ...entry, day: '2026-11-22', time: '09:01' }, now)).toEqual({ time: 'future' });
    expect(check({ ...entry, day: '2025-11-20' }, now)).toEqual({ time: 'old' });
  });
});

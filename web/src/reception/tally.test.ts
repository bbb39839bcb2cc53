import { describe, expect, it } from 'vitest';
import type { Visit, VisitsToday } from '../api/types';
import type { Item } from './queue';
import { lastOf, tally } from './tally';

const DAY = '2026-11-22';

const row = (id: string, headcount: number, more: Partial<Visit> = {}): Visit => ({
  id,
  at: `${DAY}T10:00:00+01:00`,
  recorded_at: `${DAY}T10:00:00+01:00`,
  kind: 'in',
  headcount,
  purpose: 'walk_in',
  organisation: null,
  booking_id: null,
  client_id: null,
  corrects: null,
  reason: null,
  late_entry: false,
  ...more,
});

const today = (last: Visit[], total: number): VisitsToday => ({
  date: DAY,
  total,
  by_purpose: [{ purpose: 'walk_in', visits: total }],
  by_gathering: [],
  present: total,
  house: null,
  named_visits: false,
  last,
});

const counted = (key: string, headcount: number, more: Partial<Item> = {}, at = `${DAY}T09:30:00Z`): Item => ({
  seq: 1,
  state: 'waiting',
  entry: { kind: 'count', key, at, headcount, purpose: 'walk_in', booking_id: null },
  visit: null,
  sentAt: 0,
  refusal: '',
  ...more,
});

describe('the tally', () => {
  it('adds what waits to what the service knows', () => {
    const result = tally({ today: today([], 60), askedAt: 100 }, [counted('a', 5)], DAY);
    expect(result.total).toBe(65);
    expect(result.byPurpose.get('walk_in')).toBe(65);
    expect(result.lines).toMatchObject([{ key: 'a', headcount: 5, waiting: true }]);
  });

  it('counts what was sent once: either from the answer or from the device', () => {
    const sent = { state: 'sent', visit: row('v', 5), sentAt: 200 } as const;
    expect(tally({ today: today([], 60), askedAt: 100 }, [counted('a', 5, sent)], DAY).total).toBe(65);
    expect(tally({ today: today([], 65), askedAt: 300 }, [counted('a', 5, sent)], DAY).total).toBe(65);
    const known = today([row('v', 5, { client_id: 'a' })], 65);
    expect(tally({ today: known, askedAt: 100 }, [counted('a', 5)], DAY).total).toBe(65);
  });

  it('takes who leaves out of the house and leaves them among the visits', () => {
    const left = counted('a', 5, {}, `${DAY}T09:30:00Z`);
    left.entry = { ...left.entry, way: 'out' } as Item['entry'];
    const result = tally({ today: today([], 60), askedAt: 100 }, [left], DAY);
    expect(result).toMatchObject({ total: 60, present: 55 });
    expect(result.lines).toMatchObject([{ kind: 'out', headcount: 5 }]);
    expect(lastOf(result.lines, 'walk_in', null)).toBeUndefined();
    expect(lastOf(result.lines, 'walk_in', null, 'out')?.key).toBe('a');
    // Three of them, not five.
    const correction: Item = { ...counted('c', 3), entry: { kind: 'correction', key: 'c', of: { key: 'a', id: null }, headcount: 3, reason: 'x' } };
    expect(tally({ today: today([], 60), askedAt: 100 }, [left, correction], DAY)).toMatchObject({ total: 60, present: 57 });
    // Nobody can be fewer than none.
    const all = { ...left, entry: { ...left.entry, headcount: 99 } };
    expect(tally({ today: today([], 60), askedAt: 100 }, [all], DAY).present).toBe(0);
  });

  it('leaves out what was refused and what belongs to another day', () => {
    const items = [counted('a', 5, { state: 'refused' }), counted('b', 7, {}, '2026-11-21T22:59:59Z'), counted('c', 1, {}, '2026-11-21T23:00:00Z')];
    expect(tally(null, items, DAY).total).toBe(1);
  });

  it('begins anew when the kept answer is of another day', () => {
    expect(tally({ today: today([], 60), askedAt: 100 }, [], '2026-11-23').total).toBe(0);
  });

  it('folds corrections into the count they correct', () => {
    const known = today([row('c', -1, { corrects: 'v' }), row('v', 5)], 4);
    const result = tally({ today: known, askedAt: 100 }, [], DAY);
    expect(result.lines).toMatchObject([{ id: 'v', first: 5, headcount: 4 }]);
    expect(result.total).toBe(4);
  });

  it('shows a correction that waits, and one that is in the answer already only once', () => {
    const waits: Item = {
      ...counted('', 0),
      entry: { kind: 'correction', key: 'k', of: { key: null, id: 'v' }, headcount: 2, reason: 'r' },
    };
    expect(tally({ today: today([row('v', 5)], 5), askedAt: 100 }, [waits], DAY)).toMatchObject({ total: 2, lines: [{ headcount: 2, waiting: true }] });
    const known = today([row('c', -3, { corrects: 'v' }), row('v', 5)], 2);
    expect(tally({ today: known, askedAt: 100 }, [waits], DAY).total).toBe(2);
  });

  it('finds the last count that can be taken back', () => {
    const known = today([row('d', -5, { corrects: 'v' }), row('v', 5), row('u', 3), row('o', 1, { purpose: 'office' })], 4);
    const { lines } = tally({ today: known, askedAt: 100 }, [], DAY);
    expect(lastOf(lines, 'walk_in', null)?.id).toBe('u');
    expect(lastOf(lines, 'tour', null)).toBeUndefined();
  });
});

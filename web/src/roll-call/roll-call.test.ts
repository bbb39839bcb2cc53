import { describe, expect, it } from 'vitest';
import type { VisitsPresent } from '../api/types';
import { addUnknown, begin, drop, found, report, tick, totals } from './roll-call';

const present: VisitsPresent = {
  at: '2026-11-24T18:05:00+01:00',
  total: 14,
  house: null,
  by_room: [
    { room: 'aulan', name: 'Aulan', people: 10, source: 'counted', max_persons: null, level: null },
    { room: 'kafeet', name: 'Kaféet', people: 5, source: 'expected', max_persons: null, level: null },
  ],
  by_gathering: [],
  unplaced: 4,
  visitors: [{ visit_id: '01a1b2c3-4d5e-7000-8000-000000000501', arrived_at: '2026-11-24T17:52:00+01:00', headcount: 1, room: null, name: 'Zlatan', host: null }],
};
const start = () => begin(present, true, '5b0c1a0e-6f0b-4c0e-9a55-0d8f5a7c2b12', '2026-11-24T18:05:10+01:00');

describe('a roll call', () => {
  it('has a line for each room, for those of no room and for each named visitor, and keeps no name', () => {
    const running = start();
    expect(running.lines.map((line) => [line.kind, line.expected])).toEqual([
      ['room', 10],
      ['room', 5],
      ['unplaced', 4],
      ['visitor', 1],
    ]);
    expect(JSON.stringify(running)).not.toContain('Zlatan');
    expect(totals(running.lines)).toEqual({ expected: 19, found: 0, missing: 19, unknown: 0, visitors: 1, visitors_seen: 0, open: 4 });
  });

  it('takes a ticked line for complete unless it is said how many were found, and can be taken back', () => {
    let running = tick(start(), 'room-aulan', true);
    running = found(running, 'room-kafeet', 3);
    expect(totals(running.lines)).toMatchObject({ found: 13, missing: 6, open: 2 });
    running = tick(running, 'room-aulan', false);
    expect(totals(running.lines)).toMatchObject({ found: 3, missing: 16, open: 3 });
    expect(totals(found(running, 'room-kafeet', 9).lines)).toMatchObject({ found: 9, missing: 14 });
  });

  it('adds people who were on no list, and drops only those again', () => {
    let running = addUnknown(start(), 2, 'Vid bakdörren', 'a');
    expect(totals(running.lines)).toMatchObject({ unknown: 2, expected: 19 });
    running = drop(drop(running, 'unknown-a'), 'room-aulan');
    expect(running.lines).toHaveLength(4);
  });

  it('hands in what the contract knows, and no more', () => {
    const handed = report(tick(start(), 'room-aulan', true), 'Gick bra', '2026-11-24T18:14:00+01:00');
    expect(handed.lines[0]).toEqual({ kind: 'room', room: 'aulan', expected: 10, found: 10, clear: true, note: '' });
    expect(handed.finished_at).toBe('2026-11-24T18:14:00+01:00');
    expect(report(start(), '', '2026-11-24T18:04:00+01:00').finished_at).toBe(present.at);
  });
});

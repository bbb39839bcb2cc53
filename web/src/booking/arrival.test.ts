import { expect, test } from 'vitest';
import { doorsOpen } from './arrival';

test('the doors are open from an hour before the start to the end', () => {
  const stay = { starts_at: '2026-11-24T18:00:00+01:00', ends_at: '2026-11-24T20:00:00+01:00' };
  const open = (at: string) => doorsOpen(stay, Date.parse(at));
  expect(['16:59:59', '17:00:00', '19:59:59', '20:00:00'].map((time) => open(`2026-11-24T${time}+01:00`))).toEqual([false, true, true, false]);
});

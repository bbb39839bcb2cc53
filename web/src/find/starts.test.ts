import { expect, it } from 'vitest';
import { starts } from './starts';

const stretch = (from: string, to: string) => ({ starts_at: `2026-11-24T${from}:00+01:00`, ends_at: `2026-11-24T${to}:00+01:00` });

it('offers the beginning of a free stretch and the full hours in which the stay still fits', () => {
  expect(starts([stretch('13:15', '16:00')], 60)).toEqual([795, 840, 900]);
  expect(starts([stretch('13:00', '14:00')], 60)).toEqual([780]);
});

it('offers a choice, not a list', () => {
  const offered = starts([stretch('07:00', '22:00')], 60);
  expect(offered).toHaveLength(8);
  expect(offered[0]).toBe(420);
});

import { expect, it } from 'vitest';
import { merged, same } from './merge';

it('puts back what was written and leaves what somebody else changed', () => {
  const was = { name: 'Aulan', seats: 100, equipment: ['scen'] };
  const is = { name: 'Aulan', seats: 120, equipment: ['scen'] };
  expect(merged({ was, is }, { name: 'Stora aulan', seats: 100, equipment: ['scen', 'flygel'] })).toEqual({ name: 'Stora aulan', seats: 120, equipment: ['scen', 'flygel'] });
});

it('takes a list as one value, since half of one is nobody’s wish', () => {
  const draft = { was: { equipment: ['scen'] }, is: { equipment: ['flygel'] } };
  expect(merged(draft, { equipment: ['scen', 'diskho'] })).toEqual({ equipment: ['flygel'] });
});

it('forgets fields that a newer form does not have and leaves new ones alone', () => {
  const draft = { was: { a: 1, gone: 1 }, is: { a: 2, gone: 2 } } as { was: object; is: object };
  expect(merged(draft, { a: 1, fresh: 7 } as object)).toEqual({ a: 2, fresh: 7 });
});

it('compares by what is written', () => {
  expect(same({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  expect(same({ a: '1' }, { a: 1 })).toBe(false);
});

import { expect, it } from 'vitest';
import { LARGEST, planAddress, unfit } from './plan';

it('takes pictures that the service takes and says at once what is wrong with others', () => {
  expect(unfit({ type: 'image/png', size: LARGEST })).toBeUndefined();
  expect(unfit({ type: 'image/jpeg', size: LARGEST + 1 })).toBe('tooLarge');
  for (const type of ['image/svg+xml', 'image/gif', 'application/pdf', '']) expect(unfit({ type, size: 10 })).toBe('wrongType');
});

it('gives another picture another address', () => {
  expect(planAddress({ slug: 'aulan' }, 3)).not.toBe(planAddress({ slug: 'aulan' }, 4));
});

import { expect, test } from 'vitest';
import { choices, readNumber } from './answer';

test('a number is read from an address or a field as it stands, and nothing else is', () => {
  expect([readNumber('0'), readNumber('12'), readNumber(' 7 '), readNumber('5000')]).toEqual([0, 12, 7, 5000]);
  for (const bad of [null, '', '-1', '1.5', '1e3', 'tolv', '5001', '99999']) expect(readNumber(bad), String(bad)).toBeUndefined();
});

test('the answers most will give are offered, each once', () => {
  expect(choices(12)).toEqual([12, 6, 0]);
  expect(choices(5)).toEqual([5, 3, 0]);
  expect(choices(1)).toEqual([1, 0]);
});

import { expect, test } from 'vitest';
import { levelOf } from './level';

test('amber begins at nine tenths, red when it is full', () => {
  expect([0, 89, 90, 99, 100, 140].map((people) => levelOf(people, 100))).toEqual(['ok', 'ok', 'amber', 'amber', 'red', 'red']);
  expect([8, 9, 10].map((people) => levelOf(people, 10))).toEqual(['ok', 'amber', 'red']);
});

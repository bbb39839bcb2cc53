import { expect, test } from 'vitest';
import { nextPart, partsOf, toggled, wireOf } from './sources';

test('hours are shown as people write them and sent as the service reads them', () => {
  const sent = [{ weekdays: [6, 7], from: '08:00', to: '24:00', source: 'counter' as const }];
  expect(partsOf(sent, 'sv')[0]?.from).toBe('08.00');
  expect(wireOf(partsOf(sent, 'sv'))).toEqual(sent);
  expect(wireOf([{ ...nextPart('en'), from: '7', to: '0' }])).toEqual([{ weekdays: [1, 2, 3, 4, 5], from: '07:00', to: '24:00', source: 'counter' }]);
});

test('days stay in order', () => {
  expect(toggled([1, 5], 3, true)).toEqual([1, 3, 5]);
  expect(toggled([1, 3, 5], 3, false)).toEqual([1, 5]);
});

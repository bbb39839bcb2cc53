import { expect, test } from 'vitest';
import { asRequests } from './requests';

test('a series is one request, where its first date stands', () => {
  const list = [{ id: 1, series_id: null }, { id: 2, series_id: 'a' }, { id: 3, series_id: 'b' }, { id: 4, series_id: 'a' }, { id: 5, series_id: null }];
  expect(asRequests(list).map((one) => one.id)).toEqual([1, 2, 3, 5]);
});

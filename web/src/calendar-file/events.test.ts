import { expect, test } from 'vitest';
import { eventsOf, moved, undone, wanted } from './events';

const file = {
  events: [
    { uid: 'a', title: 'Språkkafé', starts_at: '2027-03-09T18:00:00+01:00', ends_at: '2027-03-09T20:00:00+01:00', location: 'Konferens 1', room: 'konferens-1' },
    { uid: null, title: null, starts_at: '2027-03-20T13:00:00+01:00', ends_at: '2027-03-20T16:00:00+01:00', location: null, room: null },
  ],
  left_out: [],
};
const events = eventsOf(file, 'Utan rubrik');

test('what has no title or room gets them, and what is skipped is not asked for', () => {
  expect(wanted(events, 'aulan').map((one) => [one.index, one.item.title, one.item.room])).toEqual([
    [0, 'Språkkafé', 'konferens-1'],
    [1, 'Utan rubrik', 'aulan'],
  ]);
  expect(wanted(events, '').map((one) => one.index)).toEqual([0]);
  expect(wanted(events.map((one) => ({ ...one, skip: true })), 'aulan')).toEqual([]);
});

test('a choice can be undone, however often it was changed', () => {
  const [first] = events;
  if (!first) throw new Error('no event');
  const elsewhere = moved(moved(first, { ...first, room: 'aulan' }), { ...first, starts_at: '2027-03-09T17:00:00+01:00', room: 'konferens-2' });
  expect([elsewhere.room, elsewhere.starts_at]).toEqual(['konferens-2', '2027-03-09T17:00:00+01:00']);
  expect(undone(elsewhere)).toEqual(first);
  expect(undone({ ...first, skip: true })).toEqual(first);
});

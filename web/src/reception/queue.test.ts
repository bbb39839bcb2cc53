import { beforeEach, describe, expect, it } from 'vitest';
import type { Visit } from '../api/types';
import { Queue, type Correction, type Count, type Item, type Outcome, type World } from './queue';
import { Memory } from './store';

/** A service that adds a key once, and a network that can be cut before or after it. */
class House {
  rows: { id: string; key: string; headcount: number }[] = [];
  asked: string[] = [];
  network: 'up' | 'down' | 'answers lost' = 'up';
  refuses = new Map<string, string>();
  busy = 0;
  signedIn = true;

  send = (entry: Count | (Correction & { visitId: string })): Promise<Outcome> => {
    this.asked.push(entry.key);
    if (this.network === 'down') return Promise.resolve({ is: 'later', why: 'offline' });
    if (!this.signedIn) return Promise.resolve({ is: 'later', why: 'signed-out' });
    if (this.busy > 0) {
      this.busy -= 1;
      return Promise.resolve({ is: 'later', why: 'busy', seconds: 7 });
    }
    const refusal = this.refuses.get(entry.key);
    if (refusal) return Promise.resolve({ is: 'refused', sentence: refusal });
    let row = this.rows.find((one) => one.key === entry.key);
    if (!row) {
      const before = entry.kind === 'count' ? 0 : (this.of(entry.visitId) ?? 0);
      row = { id: entry.kind === 'count' ? `id-${entry.key}` : entry.visitId, key: entry.key, headcount: entry.headcount - before };
      this.rows.push(row);
    }
    if (this.network === 'answers lost') return Promise.resolve({ is: 'later', why: 'offline' });
    return Promise.resolve({ is: 'sent', visit: { id: row.id, headcount: row.headcount } as Visit });
  };

  of = (id: string) => this.rows.filter((one) => one.id === id).reduce((sum, one) => sum + one.headcount, 0);
  total = () => this.rows.reduce((sum, one) => sum + one.headcount, 0);
}

let house: House;
let store: Memory;
let clock: number;
let timers: { at: number; then: () => void }[];
let lock: Promise<void>;
let online: boolean;

function queue(): Queue {
  const world: World = {
    store,
    send: (entry) => house.send(entry),
    alone: (work) => (lock = lock.then(work)),
    now: () => clock,
    online: () => online,
    after: (milliseconds, then) => {
      const timer = { at: clock + milliseconds, then };
      timers.push(timer);
      return () => (timers = timers.filter((one) => one !== timer));
    },
    changed: () => undefined,
    lost: () => 'lost',
  };
  return new Queue(world);
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

async function wait(milliseconds: number): Promise<void> {
  clock += milliseconds;
  const due = timers.filter((one) => one.at <= clock);
  timers = timers.filter((one) => one.at > clock);
  due.forEach((one) => one.then());
  await settled();
}

const count = (key: string, headcount = 1): Count => ({ kind: 'count', key, at: '2026-11-22T09:00:00Z', headcount, purpose: 'walk_in', booking_id: null });
const correction = (key: string, of: Correction['of'], headcount: number): Correction => ({ kind: 'correction', key, of, headcount, reason: 'r' });
const states = async (): Promise<string[]> => (await store.all()).map((item: Item) => `${item.entry.key} ${item.state}`);

beforeEach(() => {
  house = new House();
  store = new Memory();
  clock = 1_000_000;
  timers = [];
  lock = Promise.resolve();
  online = true;
});

describe('the queue', () => {
  it('sends at once what is counted', async () => {
    await queue().count(count('a', 5));
    await settled();
    expect(house.total()).toBe(5);
    expect(await states()).toEqual(['a sent']);
  });

  it('keeps what is counted without network and sends it once and in order when it is back', async () => {
    house.network = 'down';
    const desk = queue();
    for (const key of ['a', 'b', 'c']) await desk.count(count(key));
    await settled();
    expect(desk.hindrance).toBe('offline');
    house.network = 'up';
    await desk.wake();
    expect(house.rows.map((row) => row.key)).toEqual(['a', 'b', 'c']);
    expect(desk.hindrance).toBeNull();
  });

  it('loses nothing when the page is loaded anew in between', async () => {
    house.network = 'down';
    const before = queue();
    await before.count(count('a', 10));
    await before.count(count('b', 5));
    await settled();
    house.network = 'up';
    await queue().wake();
    expect(house.total()).toBe(15);
  });

  it('counts once when only the answer was lost', async () => {
    house.network = 'answers lost';
    const desk = queue();
    await desk.count(count('a', 5));
    await settled();
    house.network = 'up';
    await desk.wake();
    expect(house.asked).toEqual(['a', 'a']);
    expect(house.total()).toBe(5);
  });

  it('does not send twice from two tabs', async () => {
    house.network = 'down';
    const one = queue();
    for (const key of ['a', 'b', 'c', 'd']) await one.count(count(key));
    await settled();
    house.network = 'up';
    house.asked = [];
    await Promise.all([one.wake(), queue().wake()]);
    expect(house.asked).toEqual(['a', 'b', 'c', 'd']);
  });

  it('waits longer each time, at most a minute, and not less than the service asks for', async () => {
    house.network = 'down';
    await queue().count(count('a'));
    await settled();
    const pauses: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const pause = (timers[0]?.at ?? 0) - clock;
      pauses.push(pause);
      await wait(pause);
    }
    expect(pauses).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);

    house.network = 'up';
    house.busy = 1;
    const other = queue();
    void other.wake();
    await settled();
    expect(other.hindrance).toBe('busy');
    expect(Math.max(...timers.map((one) => one.at)) - clock).toBeGreaterThanOrEqual(7000);
    await wait(60_000);
    expect(house.total()).toBe(1);
  });

  it('waits for somebody to sign in, without trying on its own', async () => {
    house.signedIn = false;
    const desk = queue();
    await desk.count(count('a'));
    await settled();
    expect(desk.hindrance).toBe('signed-out');
    expect(timers).toEqual([]);
    house.signedIn = true;
    await desk.wake();
    expect(house.total()).toBe(1);
  });

  it('puts aside what the service does not want and goes on with the rest', async () => {
    house.refuses.set('b', 'The gathering is gone.');
    const desk = queue();
    for (const key of ['a', 'b', 'c']) await desk.count(count(key, 2));
    await settled();
    expect(await states()).toEqual(['a sent', 'b refused', 'c sent']);
    const refused = (await desk.items()).find((item) => item.state === 'refused');
    expect(refused?.refusal).toBe('The gathering is gone.');

    house.refuses.clear();
    await desk.retry(refused?.seq ?? 0, { headcount: 3 });
    await settled();
    expect(house.total()).toBe(7);
  });

  it('discards a refused one when told to, and nothing else', async () => {
    house.refuses.set('a', 'No.');
    const desk = queue();
    await desk.count(count('a'));
    await desk.count(count('b'));
    await settled();
    for (const item of await desk.items()) await desk.discard(item.seq);
    expect(await states()).toEqual(['b sent']);
  });

  it('forgets what arrived after a day', async () => {
    const desk = queue();
    await desk.count(count('a'));
    await settled();
    clock += 86_400_001;
    await desk.wake();
    expect(await states()).toEqual([]);
  });
});

describe('a correction', () => {
  it('changes in place what has not left the device', async () => {
    online = false;
    const desk = queue();
    await desk.count(count('a', 5));
    await settled();
    await desk.correct(correction('k', { key: 'a', id: null }, 4));
    expect(await states()).toEqual(['a waiting']);
    await desk.correct(correction('k2', { key: 'a', id: null }, 0));
    expect(await states()).toEqual([]);
    online = true;
    await desk.wake();
    expect(house.asked).toEqual([]);
  });

  it('follows a count that may have arrived', async () => {
    house.network = 'answers lost';
    const desk = queue();
    await desk.count(count('a', 5));
    await settled();
    await desk.correct(correction('k', { key: 'a', id: null }, 4));
    await desk.correct(correction('k2', { key: 'a', id: null }, 3));
    await settled();
    expect(await states()).toEqual(['a tried', 'k waiting']);
    house.network = 'up';
    await desk.wake();
    expect(house.of('id-a')).toBe(3);
  });

  it('finds its count by the id of the service when it was made elsewhere', async () => {
    house.rows.push({ id: 'id-x', key: 'x', headcount: 10 });
    await queue().correct(correction('k', { key: null, id: 'id-x' }, 9));
    await settled();
    expect(house.of('id-x')).toBe(9);
  });

  it('mends a count that was refused instead of being sent', async () => {
    house.network = 'answers lost';
    house.refuses.set('a', 'No.');
    const desk = queue();
    await desk.count(count('a', 5));
    await settled();
    await desk.correct(correction('k', { key: 'a', id: null }, 2));
    await settled();
    const items = await desk.items();
    expect(items.map((item) => [item.state, item.entry.headcount])).toEqual([['refused', 2]]);
  });

  it('is shown to a person if its count is nowhere to be found', async () => {
    await queue().correct(correction('k', { key: 'gone', id: null }, 2));
    await settled();
    expect(await states()).toEqual(['k refused']);
  });
});

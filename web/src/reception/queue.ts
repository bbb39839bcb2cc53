/**
 * Counts on their way to the service: each is shown at once, kept over a reload, and sent once, in order, when the network is there.
 *
 * Knows neither browser nor service: both are given to it. A count keeps its key from the first tap on, and the service adds a key
 * only once, so that nothing is lost by sending again what may have arrived.
 */
import type { Purpose, Visit } from '../api/types';

export interface Count {
  kind: 'count';
  /** The `client_id`. */
  key: string;
  at: string;
  headcount: number;
  purpose: Purpose;
  booking_id: string | null;
  /** In, unless it says otherwise. */
  way?: Way;
}

export type Way = Visit['kind'];

/** What a count should have been. */
export interface Correction {
  kind: 'correction';
  /** The `Idempotency-Key`. */
  key: string;
  /** The count, by its key if it was made on this device, otherwise by the service's id. */
  of: { key: string | null; id: string | null };
  headcount: number;
  reason: string;
}

/**
 * `waiting`: never left this device. `tried`: left it, but no answer came, so it may have arrived. `sent`: arrived; kept for a day,
 * since a correction needs its id. `refused`: the service does not want it as it is; a person must look at it.
 */
export type State = 'waiting' | 'tried' | 'sent' | 'refused';

export interface Item {
  /** Grows with each item of the device, over all its tabs. */
  seq: number;
  state: State;
  entry: Count | Correction;
  /** What the service answered, once it is sent. */
  visit: Visit | null;
  /** When the answer came. */
  sentAt: number;
  /** The service's sentence, if it is refused. */
  refusal: string;
}

export type Draft = Omit<Item, 'seq'>;

export interface Store {
  all(): Promise<Item[]>;
  add(draft: Draft): Promise<Item>;
  /** Reads, changes and writes in one step that no other tab comes between; null removes. The result is what stands there now. */
  change(seq: number, to: (item: Item) => Item | null): Promise<Item | null>;
}

export type Outcome =
  | { is: 'sent'; visit: Visit }
  /** Nothing is wrong with it: no network, service busy, or nobody signed in. */
  | { is: 'later'; why: 'offline' | 'busy' | 'signed-out'; seconds?: number | undefined }
  | { is: 'refused'; sentence: string };

export interface World {
  store: Store;
  send(entry: Count | (Correction & { visitId: string })): Promise<Outcome>;
  /** Runs the work when no other tab runs it. */
  alone(work: () => Promise<void>): Promise<void>;
  now(): number;
  /** False if a try is sure to fail. */
  online(): boolean;
  /** Calls back after a while; what it returns stops that. */
  after(milliseconds: number, then: () => void): () => void;
  /** Something changed that is shown, here or in another tab. */
  changed(): void;
  /** What to say of a correction whose count is not there. */
  lost(): string;
}

const DAY = 86_400_000;
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 60_000;

export class Queue {
  /** Why the last try came to nothing. */
  hindrance: 'offline' | 'busy' | 'signed-out' | null = null;
  #world: World;
  #pause = FIRST_PAUSE;
  #stop: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #more = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** In the order in which they were made. */
  async items(): Promise<Item[]> {
    return (await this.#world.store.all()).sort((a, b) => a.seq - b.seq);
  }

  async count(entry: Count): Promise<void> {
    await this.#world.store.add(fresh(entry));
    this.#world.changed();
    void this.flush();
  }

  /** Says what a count should have been: in place while it has not left this device, by a correction after that. */
  async correct(correction: Correction): Promise<void> {
    const same = (item: Item) => {
      if (item.entry.kind === 'count') return item.entry.key === correction.of.key;
      return (correction.of.key !== null && item.entry.of.key === correction.of.key) || (correction.of.id !== null && item.entry.of.id === correction.of.id);
    };
    const { headcount } = correction;
    let settled = false;
    // The latest word about it stands last.
    for (const item of (await this.items()).reverse()) {
      if (settled || !same(item)) continue;
      await this.#world.store.change(item.seq, (now) => {
        if (now.state !== 'waiting') return now;
        settled = true;
        if (now.entry.kind === 'count' && headcount === 0) return null;
        return { ...now, entry: { ...now.entry, headcount } };
      });
      // Once it has left, what came before it must be left alone too.
      if (!settled) break;
    }
    if (!settled) await this.#world.store.add(fresh(correction));
    this.#world.changed();
    void this.flush();
  }

  /** Takes a refused one off the list. */
  async discard(seq: number): Promise<void> {
    await this.#world.store.change(seq, (item) => (item.state === 'refused' ? null : item));
    this.#world.changed();
  }

  /** Sends a refused one again, with what was mended. A refused count was not added, so that its key is still good. */
  async retry(seq: number, mended: Partial<Pick<Count, 'at' | 'headcount' | 'purpose' | 'booking_id'>> = {}): Promise<void> {
    await this.#world.store.change(seq, (item) => {
      if (item.state !== 'refused') return item;
      const entry = item.entry.kind === 'count' ? { ...item.entry, ...mended } : { ...item.entry, headcount: mended.headcount ?? item.entry.headcount };
      return { ...item, state: 'waiting', refusal: '', entry };
    });
    this.#world.changed();
    void this.flush();
  }

  /** There is hope again: the network is back, or somebody signed in. */
  wake(): Promise<void> {
    this.#pause = FIRST_PAUSE;
    return this.flush();
  }

  /** Sends what waits until there is nothing left or something is in the way. */
  flush(): Promise<void> {
    this.#more = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // What came in while the last look was being taken.
      if (this.#more) void this.flush();
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    this.#more = false;
    this.#stop?.();
    this.#stop = null;
    try {
      await this.#world.alone(() => this.#drain());
    } catch {
      // Neither the store nor the sender should throw; if one does, nothing is lost by trying again.
      this.#later('busy');
    }
  }

  async #drain(): Promise<void> {
    for (;;) {
      const items = await this.items();
      await this.#prune(items);
      const next = items.find((item) => item.state === 'waiting' || item.state === 'tried');
      if (!next) {
        this.hindrance = null;
        this.#pause = FIRST_PAUSE;
        this.#world.changed();
        return;
      }
      // What has not left can still be changed in place; so it does not leave into nothing.
      if (!this.#world.online()) return this.#later('offline');
      if (!(await this.#one(next, items))) return;
    }
  }

  /** Sends one; false if it has to wait. */
  async #one(next: Item, items: Item[]): Promise<boolean> {
    const { store } = this.#world;
    let target: string | null = null;
    if (next.entry.kind === 'correction') {
      const { of } = next.entry;
      const first = items.find((item) => item.entry.kind === 'count' && item.entry.key === of.key);
      target = of.id ?? first?.visit?.id ?? null;
      if (target === null) {
        await this.#fold(next, first);
        return true;
      }
    }
    // Marked before it leaves: from now on it may have arrived, and only a correction can change it.
    const marked = await store.change(next.seq, (item) => (item.state === 'waiting' ? { ...item, state: 'tried' } : item));
    if (!marked || marked.state !== 'tried') return true;
    const { entry } = marked;
    const outcome = await this.#world.send(entry.kind === 'count' ? entry : { ...entry, visitId: target ?? '' });
    if (outcome.is === 'later') {
      this.#later(outcome.why, outcome.seconds);
      return false;
    }
    await store.change(next.seq, (item) =>
      outcome.is === 'sent'
        ? { ...item, state: 'sent', visit: outcome.visit, sentAt: this.#world.now() }
        : { ...item, state: 'refused', refusal: outcome.sentence },
    );
    this.hindrance = null;
    this.#pause = FIRST_PAUSE;
    this.#world.changed();
    return true;
  }

  /** The count of a correction is not with the service: it was refused, so that it can be mended itself, or is gone. */
  async #fold(correction: Item, first: Item | undefined): Promise<void> {
    const { headcount } = correction.entry;
    if (first?.state === 'refused') {
      await this.#world.store.change(first.seq, (item) => (headcount === 0 ? null : { ...item, entry: { ...item.entry, headcount } }));
      await this.#world.store.change(correction.seq, () => null);
    } else if (headcount === 0) {
      await this.#world.store.change(correction.seq, () => null);
    } else {
      await this.#world.store.change(correction.seq, (item) => ({ ...item, state: 'refused', refusal: this.#world.lost() }));
    }
    this.#world.changed();
  }

  #later(why: 'offline' | 'busy' | 'signed-out', seconds?: number): void {
    this.hindrance = why;
    this.#world.changed();
    // Signing in wakes the queue; until then there is nothing to try.
    if (why === 'signed-out') return;
    const pause = Math.max(this.#pause, (seconds ?? 0) * 1000);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    this.#stop?.();
    this.#stop = this.#world.after(pause, () => void this.flush());
  }

  async #prune(items: Item[]): Promise<void> {
    const old = this.#world.now() - DAY;
    for (const item of items) {
      if (item.state === 'sent' && item.sentAt < old) await this.#world.store.change(item.seq, (now) => (now.state === 'sent' ? null : now));
    }
  }
}

function fresh(entry: Count | Correction): Draft {
  return { state: 'waiting', entry, visit: null, sentAt: 0, refusal: '' };
}

export const isWaiting = (item: Item) => item.state === 'waiting' || item.state === 'tried';

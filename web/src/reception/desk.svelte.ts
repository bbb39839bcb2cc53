/** The desk of this device: what is counted, what waits, and what the service said last. Lives as long as the page, whichever is shown. */
import type { Purpose, Visit, VisitsToday } from '../api/types';
import { api, ask, askTagged } from '../app/api';
import { t } from '../app/i18n.svelte';
import { copy } from '../app/kept';
import { Problem } from '../app/problem';
import { session } from '../app/session.svelte';
import { sentence } from '../ui/sentence';
import { isWaiting, Queue, type Correction, type Count, type Item, type Outcome, type Way } from './queue';
import { openStore } from './store';
import type { Known, Line } from './tally';

/** Any UUID. `crypto.randomUUID` would need https. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte, i) => (i === 6 ? (byte & 0x0f) | 0x40 : i === 8 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** An instant as the service takes it: in whole seconds. */
const wire = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

async function send(entry: Count | (Correction & { visitId: string })): Promise<Outcome> {
  try {
    const visit = await ask<Visit>(
      entry.kind === 'count'
        ? api.POST('/visits', {
            body: { at: entry.at, headcount: entry.headcount, kind: entry.way ?? 'in', purpose: entry.purpose, booking_id: entry.booking_id, client_id: entry.key },
          })
        : api.POST('/visits/{id}/correct', {
            params: { path: { id: entry.visitId }, header: { 'Idempotency-Key': entry.key } },
            body: { headcount: entry.headcount, reason: entry.reason },
          }),
    );
    return { is: 'sent', visit };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'offline') return { is: 'later', why: 'offline' };
    if (cause.status === 401) return { is: 'later', why: 'signed-out' };
    // This device's clock is ahead of the service's: in a while it will be right.
    const early = cause.faults.some((fault) => fault.field === 'at' && fault.code === 'in_the_future');
    if (early || cause.status >= 500 || [408, 425, 429].includes(cause.status)) {
      return { is: 'later', why: 'busy', seconds: early ? 30 : cause.retryAfter };
    }
    return { is: 'refused', sentence: [...cause.faults.map((fault) => fault.message), ...(cause.faults.length ? [] : [sentence(cause)])].join(' ') };
  }
}

class Desk {
  items = $state.raw<Item[]>([]);
  known = $state.raw<Known | null>(copy.read<Known>('today'));
  hindrance = $state<Queue['hindrance']>(null);
  /** False where the browser forbids storage: then a reload would lose what waits. */
  keeps = $state(true);
  /** The last question about today got no answer, or an older one from a standby. */
  stale = $state(false);
  readonly waiting = $derived(this.items.filter(isWaiting).length);
  readonly refused = $derived(this.items.filter((item) => item.state === 'refused'));

  #queue: Promise<Queue> | null = null;
  #others = 'BroadcastChannel' in window ? new BroadcastChannel('nobel21.counts') : null;
  #asking: Promise<void> | null = null;
  #sent = 0;

  /** Takes up what waits from before. Called whenever somebody of the house is there. */
  start(): Promise<Queue> {
    this.#queue ??= this.#open();
    return this.#queue;
  }

  async #open(): Promise<Queue> {
    const { store, keeps } = await openStore();
    this.keeps = keeps;
    const queue = new Queue({
      store,
      send,
      alone: async (work) => {
        // Without https there is no lock manager; the service adds a key once all the same.
        if ('locks' in navigator) await navigator.locks.request('nobel21.counts', work);
        else await work();
      },
      now: () => Date.now(),
      online: () => navigator.onLine,
      after: (milliseconds, then) => {
        const timer = setTimeout(then, milliseconds);
        return () => clearTimeout(timer);
      },
      changed: () => {
        void this.#show(queue);
        this.#others?.postMessage('changed');
      },
      lost: () => t().desk.lost,
    });
    this.#others?.addEventListener('message', () => void this.#show(queue));
    window.addEventListener('online', () => void queue.wake());
    window.addEventListener('offline', () => (this.hindrance = 'offline'));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void queue.wake();
    });
    if (navigator.storage?.persist) void navigator.storage.persist();
    await this.#show(queue);
    void queue.wake();
    return queue;
  }

  async #show(queue: Queue): Promise<void> {
    this.items = await queue.items();
    this.hindrance = navigator.onLine ? queue.hindrance : 'offline';
    const sent = this.items.filter((item) => item.state === 'sent').length;
    if (sent > this.#sent && this.waiting === 0) void this.refresh();
    this.#sent = sent;
  }

  /** Asks how the day stands. The old answer stays if none comes. */
  refresh(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const askedAt = Date.now();
    try {
      const { value: today, asOf } = await askTagged<VisitsToday>(api.GET('/visits/today'));
      this.known = { today, askedAt };
      this.stale = asOf !== null;
      copy.write('today', this.known);
    } catch {
      this.stale = true;
    }
  }

  async count(headcount: number, purpose: Purpose, booking: string | null, at: string = wire(Date.now()), way: Way = 'in'): Promise<Line> {
    const key = uuid();
    const queue = await this.start();
    await queue.count({ kind: 'count', key, at, headcount, purpose, booking_id: booking, way });
    await this.#show(queue);
    return { key, id: null, at, first: headcount, headcount, purpose, booking_id: booking, kind: way, late: false, waiting: true };
  }

  async correct(line: Pick<Line, 'key' | 'id'>, headcount: number, reason: string): Promise<void> {
    const queue = await this.start();
    await queue.correct({ kind: 'correction', key: uuid(), of: { key: line.key, id: line.id }, headcount, reason });
  }

  async discard(item: Item): Promise<void> {
    await (await this.start()).discard(item.seq);
  }

  async retry(item: Item, headcount: number): Promise<void> {
    await (await this.start()).retry(item.seq, { headcount });
  }

  async wake(): Promise<void> {
    await (await this.start()).wake();
  }
}

export const desk = new Desk();

/** Keeps today fresh while a page shows it; call it while a component is set up. */
export function keepFresh(): void {
  $effect(() => {
    // Signing in is what a queue may have waited for.
    if (session.isStaff) {
      void desk.wake();
      void desk.refresh();
    } else void desk.start();
    const timer = setInterval(() => void desk.refresh(), 30_000);
    return () => clearInterval(timer);
  });
}

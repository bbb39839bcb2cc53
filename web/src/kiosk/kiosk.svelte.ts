/** The kiosk of this device: what it may count, and what waits for the network. Its token is a cookie that no script reads. */
import type { KioskView, Purpose } from '../api/types';
import { api, ask } from '../app/api';
import { keep, kept } from '../app/kept';
import { Problem } from '../app/problem';
import { uuid } from '../reception/desk.svelte';
import { isWaiting, Queue, type Count, type Outcome } from '../reception/queue';
import { openStore } from '../reception/store';

const wire = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

class Kiosk {
  /** Is it one, as far as this device knows? */
  paired = $state(kept('kiosk') !== null);
  view = $state.raw<KioskView | null>(null);
  offline = $state(false);
  /** The service does not know it any more. */
  cutOff = $state(false);
  waiting = $state(0);
  refused = $state(0);
  #queue: Promise<Queue> | null = null;

  async pair(code: string): Promise<void> {
    await ask(api.POST('/kiosk/pair', { body: { code } }));
    keep('kiosk', 'paired');
    this.paired = true;
    this.cutOff = false;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    try {
      this.view = await ask(api.GET('/kiosk'));
      this.offline = false;
      void (await this.#open()).wake();
    } catch (cause) {
      if (cause instanceof Problem && cause.status === 401) this.#lost();
      else this.offline = true;
    }
  }

  #lost(): void {
    this.cutOff = true;
    this.paired = false;
    keep('kiosk', null);
  }

  #open(): Promise<Queue> {
    this.#queue ??= openStore('nobel21-kiosk').then(({ store }) => {
      const queue: Queue = new Queue({
        store,
        send: (entry) => this.#send(entry as Count),
        alone: (work) => work(),
        now: () => Date.now(),
        online: () => navigator.onLine,
        after: (milliseconds, then) => {
          const timer = setTimeout(then, milliseconds);
          return () => clearTimeout(timer);
        },
        changed: () => void this.#show(queue),
        lost: () => '',
      });
      window.addEventListener('online', () => void queue.wake());
      return queue;
    });
    return this.#queue;
  }

  async #show(queue: Queue): Promise<void> {
    const items = await queue.items();
    this.waiting = items.filter(isWaiting).length;
    this.refused = items.filter((item) => item.state === 'refused').length;
    this.offline = !navigator.onLine || queue.hindrance === 'offline';
  }

  async #send(entry: Count): Promise<Outcome> {
    const body = { at: entry.at, headcount: entry.headcount, purpose: entry.purpose, booking_id: entry.booking_id, client_id: entry.key };
    try {
      const { at } = await ask(api.POST('/kiosk/counts', { body }));
      // What the desk would be told of it, a kiosk is not.
      const nothing = { client_id: entry.key, corrects: null, reason: null, late_entry: false, organisation: null, recorded_at: at };
      return { is: 'sent', visit: { id: entry.key, at, kind: 'in', headcount: entry.headcount, purpose: entry.purpose, booking_id: entry.booking_id, ...nothing } };
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code === 'offline') return { is: 'later', why: 'offline' };
      if (cause.status === 401) {
        this.#lost();
        return { is: 'later', why: 'signed-out' };
      }
      if (cause.status >= 500 || cause.status === 429) return { is: 'later', why: 'busy', seconds: cause.retryAfter };
      return { is: 'refused', sentence: '' };
    }
  }

  async count(people: number, purpose: Purpose, booking: string | null): Promise<void> {
    const queue = await this.#open();
    await queue.count({ kind: 'count', key: uuid(), at: wire(Date.now()), headcount: people, purpose, booking_id: booking });
  }
}

export const kiosk = new Kiosk();

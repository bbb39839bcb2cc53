/** What is being done to series right now, and what the last change of each came to. */
import { SvelteMap } from 'svelte/reactivity';
import type { Booking, SeriesChange, SeriesOutcome } from '../api/types';
import { api, ask } from '../app/api';
import { t } from '../app/i18n.svelte';
import { toasts } from '../app/toast.svelte';
import { bookingChanges } from '../booking/changes.svelte';
import { sentence } from '../ui/sentence';

/** Which of a series is meant, seen from one of its bookings. */
export type Scope = 'one' | 'following' | 'all';

export interface Outcome {
  what: 'changed' | 'cancelled';
  changed: number;
  kept: SeriesOutcome['kept'];
}

class SeriesChanges {
  /** By series, so that its page can say what came of it. */
  readonly outcomes = new SvelteMap<string, Outcome>();

  /** Cancels after ten seconds in which it can be taken back, as a single booking is. `from`: this one and those after it. */
  cancel(id: string, from: Booking | undefined, reason: string): void {
    const leaving = from ? [id, from.id] : [id];
    leaving.forEach((one) => bookingChanges.leaving.add(one));
    const stay = () => leaving.forEach((one) => bookingChanges.leaving.delete(one));
    toasts.undoable(t().series.cancelling, { undo: stay, onExpire: () => void this.#cancel(id, from?.id, reason.trim()).finally(stay) });
  }

  async #cancel(id: string, from: string | undefined, reason: string): Promise<void> {
    try {
      const params = { path: { id }, query: from ? { from } : {} };
      const body = reason ? { reason } : {};
      this.#keep('cancelled', await ask(api.POST('/series/{id}/cancel', { params, body, keepalive: true })));
    } catch (cause) {
      toasts.problem(t().series.cancelFailed(sentence(cause)));
    } finally {
      bookingChanges.done += 1;
    }
  }

  /** Changes at once. The service says which of them stay as they were. */
  async change(id: string, from: string | undefined, body: SeriesChange, tag: string): Promise<void> {
    const params = { path: { id }, query: from ? { from } : {}, header: { 'If-Match': tag } };
    this.#keep('changed', await ask(api.PATCH('/series/{id}', { params, body })));
    bookingChanges.done += 1;
  }

  #keep(what: Outcome['what'], { series, changed, kept }: SeriesOutcome): void {
    this.outcomes.set(series.id, { what, changed: changed.length, kept });
    toasts.done(t().series[what](changed.length));
  }
}

export const seriesChanges = new SeriesChanges();

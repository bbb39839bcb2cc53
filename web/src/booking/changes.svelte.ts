/** What is being done to bookings right now, so that every page that shows one knows. */
import type { Booking } from '../api/types';
import { SvelteSet } from 'svelte/reactivity';
import { api, ask, tagOf } from '../app/api';
import { t } from '../app/i18n.svelte';
import { toasts } from '../app/toast.svelte';
import { sentence } from '../ui/sentence';
import type { Wire } from './draft';
import type { Overriding } from './override.svelte';

class BookingChanges {
  /** Counts what came to pass; what shows bookings reads it and asks anew. */
  done = $state(0);
  /** Ids of those that are about to be cancelled and can still be kept. */
  readonly leaving = new SvelteSet<string>();

  /** Cancels after ten seconds in which it can be taken back: no letter goes out about what did not happen. */
  cancel(booking: Booking, reason: string): void {
    this.leaving.add(booking.id);
    toasts.undoable(t().booking.cancelling, {
      undo: () => this.leaving.delete(booking.id),
      onExpire: () => void this.#send(booking, reason),
    });
  }

  async #send(booking: Booking, reason: string): Promise<void> {
    try {
      // `keepalive`: the page may be about to close.
      const body = reason.trim() ? { reason: reason.trim() } : {};
      await ask(api.POST('/bookings/{id}/cancel', { params: { path: { id: booking.id } }, body, keepalive: true }));
    } catch (cause) {
      toasts.problem(t().booking.cancelFailed(sentence(cause)));
    } finally {
      this.leaving.delete(booking.id);
      this.done += 1;
    }
  }

  /** Changes at once, as only then it is sure that the time is had; taking it back is another change. */
  async change(booking: Booking, to: Partial<Wire>, back: Partial<Wire>, override: Overriding, said: string): Promise<Booking> {
    const changed = await this.#patch(booking, { ...to, ...override });
    toasts.undoable(said, {
      undo: () =>
        void this.#patch(changed, back).then(
          () => toasts.done(t().common.undone),
          (cause: unknown) => toasts.problem(t().booking.moveBackFailed(sentence(cause))),
        ),
    });
    return changed;
  }

  async #patch(booking: Booking, body: Partial<Wire> & Overriding): Promise<Booking> {
    const params = { path: { id: booking.id }, header: { 'If-Match': tagOf(booking) } };
    const changed = await ask(api.PATCH('/bookings/{id}', { params, body }));
    this.done += 1;
    return changed;
  }
}

export const bookingChanges = new BookingChanges();

/** May it still be cancelled or changed, as far as its state says? The service knows the rest. */
export const isLive = (booking: Booking) => booking.status === 'pending' || booking.status === 'confirmed';

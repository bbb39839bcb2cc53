/** The requests that wait, what was answered to each meanwhile, and what is marked. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Booking, Calendar } from '../../api/types';
import { api, ask } from '../../app/api';
import { t } from '../../app/i18n.svelte';
import { live } from '../../app/live.svelte';
import { rooms } from '../../rooms/all.svelte';
import { sentence } from '../../ui/sentence';
import { paged } from '../paged.svelte';
import { asRequests } from './requests';
import { windows } from './neighbours';

export type Outcome = { state: 'working' | 'approved' | 'rejected' } | { state: 'failed'; why: string };

export class Inbox {
  readonly marked = new SvelteSet<string>();
  readonly outcomes = new SvelteMap<string, Outcome>();
  readonly #series = new SvelteMap<string, Booking[]>();
  readonly #calendars = new SvelteMap<string, Calendar>();

  readonly list = paged<Booking>(async (cursor, signal) => {
    const query = { status: ['pending' as const], limit: 50, ...cursor };
    const [page] = await Promise.all([ask(api.GET('/bookings', { params: { query }, ...(signal ? { signal } : {}) })), rooms.get()]);
    if (!cursor.cursor) this.#forget();
    void this.#lookAround(asRequests(page.items));
    void this.#lookInto(page.items);
    return page;
  });

  /** One entry for each request: of a series, whose answer holds for all that waits of it, the first. */
  readonly items: Booking[] = $derived(asRequests(this.list.items));
  readonly open: Booking[] = $derived(this.items.filter((one) => this.isOpen(one)));
  readonly chosen: Booking[] = $derived(this.open.filter((one) => this.marked.has(one.id)));

  /** Can it still be answered here? One that failed can be tried again. */
  isOpen(booking: Booking): boolean {
    const outcome = this.outcomes.get(booking.id);
    return !outcome || outcome.state === 'failed';
  }

  /** The dates of a series that wait, when they are known. */
  dates(booking: Booking): Booking[] | undefined {
    return booking.series_id ? this.#series.get(booking.series_id) : undefined;
  }

  /** The days around a request, when they are known. */
  calendar(booking: Booking): Calendar | undefined {
    return this.#calendars.get(booking.id);
  }

  mark(booking: Booking, on: boolean): void {
    if (on) this.marked.add(booking.id);
    else this.marked.delete(booking.id);
  }

  markAll(on: boolean): void {
    this.open.forEach((one) => this.mark(one, on));
  }

  approve(booking: Booking): Promise<void> {
    const series = booking.series_id;
    return this.#answer(booking, 'approved', () =>
      series
        ? ask(api.POST('/series/{id}/approve', { params: { path: { id: series } } }))
        : ask(api.POST('/bookings/{id}/approve', { params: { path: { id: booking.id } } })),
    );
  }

  reject(booking: Booking, reason: string): Promise<void> {
    const series = booking.series_id;
    const body = { reason };
    return this.#answer(booking, 'rejected', () =>
      series
        ? ask(api.POST('/series/{id}/reject', { params: { path: { id: series } }, body }))
        : ask(api.POST('/bookings/{id}/reject', { params: { path: { id: booking.id } }, body })),
    );
  }

  async #answer(booking: Booking, state: 'approved' | 'rejected', send: () => Promise<unknown>): Promise<void> {
    if (!this.isOpen(booking)) return;
    this.outcomes.set(booking.id, { state: 'working' });
    try {
      await send();
      this.outcomes.set(booking.id, { state });
      this.marked.delete(booking.id);
      live.say(state === 'approved' ? t().inbox.saidApproved(booking.title) : t().inbox.saidRejected(booking.title));
    } catch (cause) {
      const why = sentence(cause);
      this.outcomes.set(booking.id, { state: 'failed', why });
      live.say(t().inbox.saidFailed(booking.title, why));
    }
  }

  #forget(): void {
    this.marked.clear();
    this.outcomes.clear();
    this.#calendars.clear();
    this.#series.clear();
  }

  async #lookAround(bookings: Booking[]): Promise<void> {
    for (const { from, to } of windows(bookings)) {
      try {
        const calendar = await ask(api.GET('/calendar', { params: { query: { from, to } } }));
        for (const one of bookings) if (one.starts_at >= from && one.starts_at < to) this.#calendars.set(one.id, calendar);
      } catch {
        // The request can be answered without; what it would collide with is simply not shown.
      }
    }
  }

  async #lookInto(bookings: Booking[]): Promise<void> {
    for (const { series_id: id } of asRequests(bookings)) {
      if (!id) continue;
      try {
        const series = await ask(api.GET('/series/{id}', { params: { path: { id } } }));
        this.#series.set(id, series.bookings.filter((one) => one.status === 'pending'));
      } catch {
        // The series can be answered without; its dates are on its own page.
      }
    }
  }
}

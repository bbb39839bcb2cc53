/** A screen on a wall: renews itself each minute, keeps its last answer over a night without network, takes up new versions at night. */
import type { Calendar } from '../api/types';
import { onChange } from '../app/changes';
import { copy } from '../app/kept';
import { addDays, now as timeNow } from '../app/time';
import type { Kept } from './programme';

/** Enough for a weekend without network. */
const DAYS = 4;

export class Wall {
  kept = $state.raw<Kept | null>(copy.read<Kept>('programme'));
  now = $state.raw(timeNow());
  instant = $state(Date.now());
  #shownSince = Date.now();

  constructor() {
    $effect(() => {
      const stop = new AbortController();
      const renew = () => void this.#renew(stop.signal);
      renew();
      const deaf = onChange(renew);
      const asking = setInterval(renew, 60_000);
      const ticking = setInterval(() => {
        this.now = timeNow();
        this.instant = Date.now();
      }, 5000);
      window.addEventListener('online', renew);
      return () => {
        stop.abort();
        deaf();
        clearInterval(asking);
        clearInterval(ticking);
        window.removeEventListener('online', renew);
      };
    });
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const from = timeNow().day;
    try {
      // Asked as a stranger, whoever is signed in on this device: the wall shows what everybody may read.
      const response = await fetch(`/api/v1/calendar?from=${from}&to=${addDays(from, DAYS)}`, { signal, credentials: 'omit' });
      if (!response.ok) return;
      const asOf = response.headers.get('Nobel21-As-Of');
      this.kept = { at: asOf ? Date.parse(asOf) : Date.now(), calendar: (await response.json()) as Calendar };
      this.instant = Date.now();
      copy.write('programme', this.kept);
      this.#renewPage();
    } catch {
      // No network: the last answer stays, and says how old it is.
    }
  }

  /** In the small hours, with the network there, the page itself is fetched anew: a screen is never closed otherwise. */
  #renewPage(): void {
    if (timeNow().minute >= 240 && timeNow().minute < 300 && Date.now() - this.#shownSince > 2 * 3_600_000) location.reload();
  }
}

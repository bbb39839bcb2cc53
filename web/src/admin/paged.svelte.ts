/** A list that comes in pages: the first asked for anew when a filter changes, the next ones on demand. */
import { Loading } from '../app/load.svelte';
import { toasts } from '../app/toast.svelte';
import { sentence } from '../ui/sentence';

interface PageOf<T> {
  items: T[];
  next_cursor: string | null;
}

/** One page of the list; what it reads before its first `await` is what the list depends on. */
type Ask<T> = (cursor: { cursor?: string }, signal?: AbortSignal) => Promise<PageOf<T>>;

export class Paged<T> {
  readonly first: Loading<PageOf<T>>;
  #more = $state.raw<T[]>([]);
  #next = $state.raw<string | null>(null);
  fetching = $state(false);
  /** Counts first pages, so that a later page of an older list is not added to a newer one. */
  #list = 0;
  readonly #ask: Ask<T>;

  readonly items: T[] = $derived.by(() => [...(this.first.value?.items ?? []), ...this.#more]);

  constructor(ask: Ask<T>) {
    this.#ask = ask;
    this.first = new Loading(async (signal) => {
      const page = await ask({}, signal);
      this.#list += 1;
      this.#more = [];
      this.#next = page.next_cursor;
      return page;
    });
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  again = (): void => this.first.again();

  more = async (): Promise<void> => {
    if (this.#next === null || this.fetching) return;
    this.fetching = true;
    const list = this.#list;
    try {
      const page = await this.#ask({ cursor: this.#next });
      if (list !== this.#list) return;
      this.#more = [...this.#more, ...page.items];
      this.#next = page.next_cursor;
    } catch (cause) {
      toasts.problem(sentence(cause));
    } finally {
      this.fetching = false;
    }
  };
}

/** Call it while a component is set up. */
export const paged = <T>(ask: Ask<T>): Paged<T> => new Paged(ask);

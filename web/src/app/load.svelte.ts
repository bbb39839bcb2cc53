/**
 * What a page shows of the service: asked for anew when what it depends on changes, the old answer shown meanwhile, an answer that
 * was overtaken thrown away. `again()` asks once more; `refresh()` too, but nobody notices unless the answer is another.
 */
import { untrack } from 'svelte';
import { i18n } from './i18n.svelte';
import { Problem } from './problem';

export class Loading<T> {
  value = $state.raw<T>();
  problem = $state.raw<Problem>();
  /** An answer is on its way. */
  busy = $state(true);
  #tries = $state(0);
  #quiet = false;

  constructor(ask: (signal: AbortSignal) => Promise<T>) {
    $effect(() => {
      void this.#tries;
      // The service's own sentences come in the reader's language.
      void i18n.language;
      const stop = new AbortController();
      const quiet = this.#quiet && untrack(() => this.value) !== undefined;
      this.#quiet = false;
      if (!quiet) this.busy = true;
      ask(stop.signal).then(
        (value) => {
          if (stop.signal.aborted) return;
          if (!quiet || JSON.stringify(value) !== JSON.stringify(this.value)) this.value = value;
          this.problem = undefined;
          this.busy = false;
        },
        (cause: unknown) => {
          if (stop.signal.aborted) return;
          // What is shown may be old then, as it is without the network.
          if (quiet && !this.busy) return;
          this.problem = cause instanceof Problem ? cause : Problem.offline();
          this.busy = false;
        },
      );
      return () => stop.abort();
    });
  }

  refresh = (): void => {
    this.#quiet = true;
    this.#tries += 1;
  };

  again = (): void => {
    this.#quiet = false;
    this.#tries += 1;
  };
}

/** Call it while a component is set up; what `ask` reads before its first `await` is what it depends on. */
export const load = <T>(ask: (signal: AbortSignal) => Promise<T>): Loading<T> => new Loading(ask);

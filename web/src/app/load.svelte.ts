/**
 * What a page shows of the service: asked for anew when what it depends on changes, the old answer shown meanwhile, an answer that
 * was overtaken thrown away. `again()` asks once more.
 */
import { i18n } from './i18n.svelte';
import { Problem } from './problem';

export class Loading<T> {
  value = $state.raw<T>();
  problem = $state.raw<Problem>();
  /** An answer is on its way. */
  busy = $state(true);
  #tries = $state(0);

  constructor(ask: (signal: AbortSignal) => Promise<T>) {
    $effect(() => {
      void this.#tries;
      // The service's own sentences come in the reader's language.
      void i18n.language;
      const stop = new AbortController();
      this.busy = true;
      ask(stop.signal).then(
        (value) => {
          if (stop.signal.aborted) return;
          this.value = value;
          this.problem = undefined;
          this.busy = false;
        },
        (cause: unknown) => {
          if (stop.signal.aborted) return;
          this.problem = cause instanceof Problem ? cause : Problem.offline();
          this.busy = false;
        },
      );
      return () => stop.abort();
    });
  }

  again = (): void => {
    this.#tries += 1;
  };
}

/** Call it while a component is set up; what `ask` reads before its first `await` is what it depends on. */
export const load = <T>(ask: (signal: AbortSignal) => Promise<T>): Loading<T> => new Loading(ask);

/** A form that is sent: busy meanwhile, its faults beside their fields, what belongs to no field above. */
import { tick } from 'svelte';
import { Problem } from './problem';

export class Form {
  busy = $state(false);
  problem = $state.raw<Problem>();

  /** The sentence for a field, if the service found fault with it. */
  fault(field: string): string | undefined {
    return this.problem?.faults.find((fault) => fault.field === field || fault.field.startsWith(`${field}.`))?.message;
  }

  /** Runs what sends the form, once at a time; undefined if it was refused. Puts the focus on the summary then. */
  async send<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.problem = undefined;
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      this.problem = cause;
      await tick();
      document.getElementById('form-problem')?.focus();
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

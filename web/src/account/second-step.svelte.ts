/** The code that a sign-in asks for after the first step. */
import { tick } from 'svelte';
import { Problem } from '../app/problem';

export class SecondStep {
  asked = $state(false);
  code = $state('');

  /** What goes along with the rest once it is asked for. */
  get body(): { code?: string } {
    return this.asked ? { code: this.code.trim() } : {};
  }

  /** Runs what signs in; that a code is asked for is no fault, but the next thing to fill in. */
  async through(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code !== 'code_required') throw cause;
      this.asked = true;
      await tick();
      document.getElementById('field-code')?.focus();
    }
  }
}

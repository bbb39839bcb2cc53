/** What an admin says to let pass what is against the rules: that it shall be so, and why. */
import { tick } from 'svelte';
import { t } from '../app/i18n.svelte';

export interface Overriding {
  override?: true;
  override_reason?: string;
}

export class Override {
  checked = $state(false);
  reason = $state('');
  #missing = $state(false);

  /** What is sent of it. */
  get wire(): Overriding {
    return this.checked ? { override: true, override_reason: this.reason.trim() } : {};
  }

  /** What is to be said beside the reason. */
  get fault(): string | undefined {
    return this.#missing && !this.reason.trim() ? t().booking.overrideReasonMissing : undefined;
  }

  /** Is the reason given, where one is needed? If not, it is asked for. */
  async complete(): Promise<boolean> {
    this.#missing = this.checked && !this.reason.trim();
    if (!this.#missing) return true;
    await tick();
    document.getElementById('field-override_reason')?.focus();
    return false;
  }
}

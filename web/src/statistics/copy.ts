/** Text into the clipboard, and a word about it. */
import { t } from '../app/i18n.svelte';
import { toasts } from '../app/toast.svelte';

export async function copyText(text: string): Promise<void> {
  try {
    // Without https there is no clipboard, which throws as well.
    await navigator.clipboard.writeText(text);
    toasts.done(t().statistics.copied);
  } catch {
    toasts.problem(t().statistics.copyFailed);
  }
}

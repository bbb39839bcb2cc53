import type { LetterStatus } from '../../api/types';
import { t } from '../../app/i18n.svelte';

/** How each state of a letter looks; the word says it. */
export const LOOKS: Record<LetterStatus, 'plain' | 'good' | 'wait' | 'bad'> = { waiting: 'wait', sent: 'good', failed: 'bad', held: 'wait' };

/** Why a letter did not leave: in the reader's language if we know the reason, else as the mail server says it. */
export function reason(error: string): string {
  return error === 'too_late' ? t().letters.tooLate : error;
}

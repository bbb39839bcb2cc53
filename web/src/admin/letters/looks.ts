import type { LetterStatus } from '../../api/types';

/** How each state of a letter looks; the word says it. */
export const LOOKS: Record<LetterStatus, 'plain' | 'good' | 'wait' | 'bad'> = { waiting: 'wait', sent: 'good', failed: 'bad', held: 'wait' };

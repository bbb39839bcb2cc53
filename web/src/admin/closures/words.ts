import type { Closure } from '../../api/types';
import { longDay, when } from '../../app/format';
import type { Language } from '../../app/i18n.svelte';
import { addDays, dayOf, minuteOf } from '../../app/time';

/** Whole days by their dates, anything else with its times. */
export function stretchOf(language: Language, closure: Pick<Closure, 'starts_at' | 'ends_at'>): string {
  if (minuteOf(closure.starts_at) !== 0 || minuteOf(closure.ends_at) !== 0) return when(language, closure);
  const first = dayOf(closure.starts_at);
  const last = addDays(dayOf(closure.ends_at), -1);
  return first === last ? longDay(language, first) : `${longDay(language, first)} – ${longDay(language, last)}`;
}

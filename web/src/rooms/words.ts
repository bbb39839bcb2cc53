import { i18n, t } from '../app/i18n.svelte';
import { duration } from '../app/format';

/** `Projektor` for `projector`; what the catalogue does not know is shown as it was written. */
export function equipmentName(slug: string): string {
  const known = t().rooms.equipment[slug];
  if (known) return known;
  const words = slug.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Minutes in the largest measure that fits: `24 tim`, `3 dagar`. */
export function stretch(minutes: number): string {
  if (minutes > 0 && minutes % 1440 === 0 && minutes > 1440) return t().rooms.days(minutes / 1440);
  return duration(i18n.language, minutes);
}

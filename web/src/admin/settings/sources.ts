/** Whose count of visits holds in which part of the week, as it stands in the form. */
import type { SourceHours } from '../../api/types';
import type { Language } from '../../app/i18n.svelte';
import { clockOf, shown } from '../rooms/hours';

export const partsOf = (sources: SourceHours[], language: Language): SourceHours[] =>
  sources.map((one) => ({ ...one, weekdays: [...one.weekdays], from: shown(language, one.from), to: shown(language, one.to) }));

/** Working days from five, when the desk has often gone home. */
export const nextPart = (language: Language): SourceHours => ({ weekdays: [1, 2, 3, 4, 5], from: shown(language, '17:00'), to: shown(language, '22:00'), source: 'counter' });

export const wireOf = (parts: SourceHours[]): SourceHours[] =>
  parts.map((part) => {
    const to = clockOf(part.to);
    // Nobody means hours that end as they begin.
    return { ...part, from: clockOf(part.from), to: to === '00:00' ? '24:00' : to };
  });

export const toggled = (days: number[], day: number, on: boolean): number[] => (on ? [...days, day].sort() : days.filter((one) => one !== day));

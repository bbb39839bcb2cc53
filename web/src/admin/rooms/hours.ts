/** A week of opening hours as it stands in the form: the stretches of each day, Monday first. */
import type { OpeningStretch } from '../../api/types';
import type { Language } from '../../app/i18n.svelte';

export interface Times {
  opens: string;
  closes: string;
}

export type Week = Times[][];

/**
 * Clock times are typed as text, since a time field speaks the browser's language and not the page's: `7`, `7.30`, `0730` and `07:30`
 * are understood. What is no time is sent as it is, so that the service says what it should be.
 */
export function clockOf(text: string): string {
  const found = /^(\d{1,2})(?:[.:\s]?(\d{2}))?$/.exec(text.trim());
  return found ? `${(found[1] ?? '').padStart(2, '0')}:${found[2] ?? '00'}` : text.trim();
}

/** As it is written in either language: `07.30`, `07:30`. */
export const shown = (language: Language, clock: string) => (language === 'sv' ? clock.replace(':', '.') : clock);

export function weekOf(hours: OpeningStretch[], language: Language): Week {
  return [1, 2, 3, 4, 5, 6, 7].map((weekday) =>
    hours
      .filter((one) => one.weekday === weekday)
      .sort((a, b) => a.opens.localeCompare(b.opens))
      .map(({ opens, closes }) => ({ opens: shown(language, opens), closes: shown(language, closes) })),
  );
}

export function wire(week: Week): OpeningStretch[] {
  // Nobody means a day that closes as it begins.
  const closing = (clock: string) => (clock === '00:00' ? '24:00' : clock);
  return week.flatMap((day, i) => day.map(({ opens, closes }) => ({ weekday: i + 1, opens: clockOf(opens), closes: closing(clockOf(closes)) })));
}

/** Where in the week the service's `3.closes` is: the stretches are counted as they are sent. */
export function faultAt(field: string, week: Week): { day: number; index: number; member: keyof Times } | undefined {
  const found = /^(\d+)(?:\.(opens|closes))?$/.exec(field);
  if (!found) return undefined;
  let left = Number(found[1]);
  for (const [day, times] of week.entries()) {
    if (left < times.length) return { day, index: left, member: (found[2] as keyof Times | undefined) ?? 'opens' };
    left -= times.length;
  }
  return undefined;
}

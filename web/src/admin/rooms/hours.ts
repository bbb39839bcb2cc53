/** A week of opening hours as it stands in the form: the stretches of each day, Monday first. */
import type { OpeningStretch } from '../../api/types';

export interface Times {
  opens: string;
  closes: string;
}

export type Week = Times[][];

export function weekOf(hours: OpeningStretch[]): Week {
  return [1, 2, 3, 4, 5, 6, 7].map((weekday) =>
    hours
      .filter((one) => one.weekday === weekday)
      // A time field knows no 24:00.
      .map(({ opens, closes }) => ({ opens, closes: closes === '24:00' ? '00:00' : closes }))
      .sort((a, b) => a.opens.localeCompare(b.opens)),
  );
}

export function wire(week: Week): OpeningStretch[] {
  return week.flatMap((day, i) => day.map(({ opens, closes }) => ({ weekday: i + 1, opens, closes: closes === '00:00' ? '24:00' : closes })));
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

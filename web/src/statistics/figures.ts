/** The figures of a year, made ready to be shown. */
import type { HourFigures, MonthFigures } from '../api/types';
import { number } from '../app/format';
import type { Language } from '../app/i18n.svelte';

/** `9,1 %` in Swedish, `9.1%` in English; a dash where there is nothing to divide by. */
export function share(language: Language, value: number | null): string {
  if (value === null) return '–';
  return new Intl.NumberFormat(language === 'sv' ? 'sv-SE' : 'en-GB', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
}

export const rating = (language: Language, value: number | null) => (value === null ? '–' : number(language, value, 1));

/** `januari`, `jan`, `j`. */
export function month(language: Language, index: number, width: 'long' | 'short' | 'narrow'): string {
  const name = new Intl.DateTimeFormat(language === 'sv' ? 'sv-SE' : 'en-GB', { month: width, timeZone: 'UTC' }).format(Date.UTC(2024, index, 1));
  return name.replace('.', '');
}

/** Twelve values, January first; 0 for a month of which nothing is known. */
export function byMonth(months: MonthFigures[], figure: 'gatherings' | 'visits'): number[] {
  return Array.from({ length: 12 }, (_, i) => months.find((one) => Number(one.month.slice(5)) === i + 1)?.[figure] ?? 0);
}

export const STEPS = 4;

/** How dark a cell is: 0 for nothing, then four steps up to the most. */
export function step(value: number, most: number): number {
  return value <= 0 || most <= 0 ? 0 : Math.min(STEPS, Math.ceil((value / most) * STEPS));
}

/** Hour by hour, each with its seven days; hours in which nothing ever happens at the ends of the day are left out. */
export function week(figures: HourFigures[], measure: 'gatherings' | 'visits'): { hour: number; days: number[] }[] {
  const rows = Array.from({ length: 24 }, (_, hour) => ({
    hour,
    days: [1, 2, 3, 4, 5, 6, 7].map((weekday) => figures.find((one) => one.hour === hour && one.weekday === weekday)?.[measure] ?? 0),
  }));
  const used = rows.filter((row) => row.days.some((value) => value !== 0));
  const first = used[0]?.hour ?? 8;
  const last = used.at(-1)?.hour ?? 20;
  return rows.filter((row) => row.hour >= first && row.hour <= last);
}

/** How dates, times and numbers are written, in either language: day first by number, 24 hours, Monday first. */
import type { Language } from './i18n.svelte';
import { dayOf, minuteOf, weekday, weekOf, type Day } from './time';

interface Stretch {
  starts_at: string;
  ends_at: string;
}

const intl: Record<Language, string> = { sv: 'sv-SE', en: 'en-GB' };

/** From Monday and from January. The browser knows them too, but takes longer to wake up for it than the whole page to draw. */
const weekdays: Record<Language, string[]> = {
  sv: ['måndag', 'tisdag', 'onsdag', 'torsdag', 'fredag', 'lördag', 'söndag'],
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
};
const months: Record<Language, string[]> = {
  sv: ['januari', 'februari', 'mars', 'april', 'maj', 'juni', 'juli', 'augusti', 'september', 'oktober', 'november', 'december'],
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
};

const monthOf = (language: Language, day: Day) => months[language][Number(day.slice(5, 7)) - 1] ?? '';

export const weekdayName = (language: Language, day: Day) => weekdays[language][weekday(day) - 1] ?? '';
export const weekdayShort = (language: Language, day: Day) => weekdayName(language, day).slice(0, 3);
export const monthName = (language: Language, day: Day) => `${monthOf(language, day)} ${day.slice(0, 4)}`;

/** The name of an ISO weekday, 1 is Monday. */
export const weekdayNamed = (language: Language, iso: number) => weekdayName(language, `2024-01-0${iso}`);

/** `tisdag 24 november`, `Tuesday 24 November`: as it is spoken. */
export const spokenDay = (language: Language, day: Day) =>
  `${weekdayName(language, day)} ${Number(day.slice(8))} ${monthOf(language, day)}`;

/** `tis 24 nov`. */
export const shortDay = (language: Language, day: Day) =>
  `${weekdayShort(language, day)} ${Number(day.slice(8))} ${monthOf(language, day).slice(0, 3)}`;

/** `tisdag 2026-11-24`. */
export const longDay = (language: Language, day: Day) => `${weekdayName(language, day)} ${day}`;

/** `18.00` in Swedish, `18:00` in English. */
export function time(language: Language, minute: number): string {
  const hour = String(Math.floor(minute / 60)).padStart(2, '0');
  return `${hour}${language === 'sv' ? '.' : ':'}${String(minute % 60).padStart(2, '0')}`;
}

/** As it is spoken: `18`, `18.30`. */
export function spokenTime(language: Language, minute: number): string {
  return minute % 60 === 0 ? String(Math.floor(minute / 60)) : time(language, minute);
}

/** `18.00–20.00`. */
export const timeRange = (language: Language, from: number, to: number) => `${time(language, from)}–${time(language, to)}`;

/** `kl. 18.00–20.00`, `18:00–20:00`. */
export const clockRange = (language: Language, from: number, to: number) =>
  (language === 'sv' ? 'kl. ' : '') + timeRange(language, from, to);

/** `tisdag 2026-11-24, kl. 18.00–20.00`; with the other day too if it ends on another. */
export function when(language: Language, stretch: Stretch): string {
  const first = dayOf(stretch.starts_at);
  const last = dayOf(stretch.ends_at);
  const from = minuteOf(stretch.starts_at);
  const to = minuteOf(stretch.ends_at);
  if (first === last) return `${longDay(language, first)}, ${clockRange(language, from, to)}`;
  return `${longDay(language, first)} ${time(language, from)} – ${longDay(language, last)} ${time(language, to)}`;
}

/** `v. 47`, `week 47`. */
export const week = (language: Language, day: Day) => `${language === 'sv' ? 'v.' : 'week'} ${weekOf(day).week}`;

/** `1 h 30 min`, `45 min`, `2 tim`. */
export function duration(language: Language, minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const unit = language === 'sv' ? 'tim' : 'h';
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} ${unit}` : `${hours} ${unit} ${rest} min`;
}

/** Decimal comma in Swedish, thin spaces between thousands. */
export const number = (language: Language, value: number, decimals = 0) =>
  new Intl.NumberFormat(intl[language], { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);

/** `2026-11-21 18.00`: an instant in a table. */
export const stamp = (language: Language, instant: string) => `${dayOf(instant)} ${time(language, minuteOf(instant))}`;

/** `23–29 november 2026`, `30 november – 6 december 2026`. */
export function daySpan(language: Language, first: Day, last: Day): string {
  const month = (day: Day) => monthOf(language, day);
  const number = (day: Day) => Number(day.slice(8));
  const year = last.slice(0, 4);
  if (first === last) return `${number(first)} ${month(first)} ${year}`;
  if (first.slice(0, 7) === last.slice(0, 7)) return `${number(first)}–${number(last)} ${month(last)} ${year}`;
  const firstYear = first.slice(0, 4) === year ? '' : ` ${first.slice(0, 4)}`;
  return `${number(first)} ${month(first)}${firstYear} – ${number(last)} ${month(last)} ${year}`;
}

export const isWeekend = (day: Day) => weekday(day) > 5;

/** `070-123 45 67` of `+46701234567`; foreign numbers as they are. */
export function phone(number: string): string {
  const mobile = /^\+46(7\d)(\d{3})(\d{2})(\d{2})$/.exec(number);
  if (mobile) return `0${mobile[1]}-${mobile[2]} ${mobile[3]} ${mobile[4]}`;
  const malmo = /^\+4640(\d{2,3})(\d{2})(\d{2})$/.exec(number);
  return malmo ? `040-${malmo[1]} ${malmo[2]} ${malmo[3]}` : number;
}

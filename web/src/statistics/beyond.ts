/** The key figures in the order in which they are shown, each made ready. */
import type { KeyFigures } from '../api/types';
import { longDay, number } from '../app/format';
import type { Language, Messages } from '../app/i18n.svelte';
import { share } from './figures';

type Show = (of: KeyFigures, language: Language, words: Messages['statistics']) => string;

const hours = (value: number | null, language: Language, words: Messages['statistics']) => (value === null ? '–' : words.hoursUnit(number(language, value, 1)));

export const KEY_FIGURES: Record<string, Show> = {
  booked_hours: (of, language, words) => words.hoursUnit(number(language, of.booked_hours)),
  used_hours: (of, language, words) => words.hoursUnit(number(language, of.used_hours)),
  used_share: (of, language) => share(language, of.used_share),
  peak: (of, language, words) => (of.peak ? words.peakOn(number(language, of.peak.people), longDay(language, of.peak.date)) : '–'),
  first_time_organisations: (of, language) => number(language, of.first_time_organisations),
  cancellation_lead_hours: (of, language, words) => hours(of.cancellation_lead_hours, language, words),
  late_cancellations: (of, language) => share(language, of.late_cancellations),
  approval_hours: (of, language, words) => hours(of.approval_hours, language, words),
  approved_within_a_day: (of, language) => share(language, of.approved_within_a_day),
  unmet_requests: (of, language) => number(language, of.unmet_requests),
  nearly_full: (of, language) => share(language, of.nearly_full),
};

/** Closed months of a year: which are closed, which can be, and whether all the report needs are. */
import type { ClosedMonth } from '../api/types';

export interface MonthState {
  /** `2026-10`. */
  month: string;
  closed: ClosedMonth | null;
  /** Is it over, so that it can be closed? */
  over: boolean;
}

/** The twelve months of a year as they stand on a day. */
export const monthsOf = (year: number, closed: ClosedMonth[], today: string): MonthState[] =>
  Array.from({ length: 12 }, (_, i) => {
    const month = `${year}-${String(i + 1).padStart(2, '0')}`;
    return { month, closed: closed.find((one) => one.month === month) ?? null, over: month < today.slice(0, 7) };
  });

/** Those that a report of the year rests on without being closed. */
export const openOnes = (months: MonthState[]): MonthState[] => months.filter((one) => one.over && !one.closed);

/** Everything that is known of a year. */
import type { AnnualReport, MonthFigures } from '../api/types';
import type { components } from '../api/schema';
import { api, ask } from '../app/api';
import { Problem } from '../app/problem';

export interface Year {
  report: AnnualReport;
  /** The months of the year before, if anything is known of them. */
  before: MonthFigures[] | null;
  organisations: components['schemas']['OrganisationFigures'][];
}

/** The contract lets figures be a file too; without a format they never are. */
async function figures<T>(call: Parameters<typeof ask<T>>[0]): Promise<Exclude<T, string>> {
  return (await ask(call)) as Exclude<T, string>;
}

/** Null if nothing is known of it. */
export async function readYear(year: number, signal: AbortSignal): Promise<Year | null> {
  try {
    const report = figures(api.GET('/statistics/annual-report/{year}', { params: { path: { year } }, signal }));
    const of = (from: number) => ({ params: { query: { from: `${from}-01`, to: `${from}-12` } }, signal });
    const [organisations, before] = await Promise.all([
      figures(api.GET('/statistics/organisations', of(year))),
      figures(api.GET('/statistics/monthly', of(year - 1))),
      report,
    ]);
    const known = await report;
    // The service answers for any year; one in which nothing was booked and nobody counted says nothing.
    if (known.gatherings + known.visits + known.cancelled + known.no_shows + known.ratings === 0) return null;
    return {
      report: known,
      before: known.previous ? before.months : null,
      organisations: [...organisations.items].sort((a, b) => b.gatherings - a.gatherings || a.name.localeCompare(b.name, 'sv')),
    };
  } catch (cause) {
    if (cause instanceof Problem && cause.status === 404) return null;
    throw cause;
  }
}

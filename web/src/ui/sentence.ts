import { t } from '../app/i18n.svelte';
import { Problem } from '../app/problem';

/** What to tell a reader about a problem: the service's own sentence where it has one. */
export function sentence(problem: unknown): string {
  if (!(problem instanceof Problem)) return t().problem.failed;
  if (problem.code === 'offline') return t().problem.offline;
  return problem.message === problem.code ? t().problem.failed : problem.message;
}

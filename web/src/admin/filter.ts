/** What a filter in the address says, if it is one of those that there are. */
import { router } from '../app/router.svelte';

export function chosen<T extends string>(name: string, options: Record<T, unknown>): T | undefined {
  const value = router.query.get(name);
  return value !== null && Object.hasOwn(options, value) ? (value as T) : undefined;
}

/** The words looked for, as a member of a query; none if there are none. */
export function words(): { q?: string } {
  const q = router.query.get('q');
  return q ? { q } : {};
}

/** What a provider's sign-in comes back with in the address. */
import { router } from '../app/router.svelte';

export interface Return {
  state: string;
  code: string;
  /** Why it came to nothing there; `access_denied` if the person itself broke it off. */
  error: string;
}

/** Takes it out of the address, which does not show it afterwards: not to onlookers, not to the history. */
export function takeReturn(): Return {
  const query = new URLSearchParams(location.search);
  if (location.search) router.filter(Object.fromEntries([...query.keys()].map((name) => [name, null])));
  const of = (name: string) => query.get(name) ?? '';
  return { state: of('state'), code: of('code'), error: of('error') };
}

/** Puts a draft back onto what it was a draft of. Knows no screen. */

/** Are they the same once they are written down? */
export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** `now` with the members in which the draft differs from what it began with; a member that `now` does not have is no more. */
export function merged<T extends object>(draft: { was: T; is: T }, now: T): T {
  const before = draft.was as Record<string, unknown>;
  const after = draft.is as Record<string, unknown>;
  const members = Object.entries(now).map(([name, value]) => [name, name in after && !same(before[name], after[name]) ? after[name] : (value as unknown)]);
  return Object.fromEntries(members) as T;
}

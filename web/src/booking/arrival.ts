/** So long before the start the doors are open, in milliseconds; the service says the same. */
const DOORS_OPEN = 60 * 60_000;

/** Can people be there by now? From an hour before the start to the end. */
export const doorsOpen = (stay: { starts_at: string; ends_at: string }, at: number): boolean =>
  Date.parse(stay.starts_at) - DOORS_OPEN <= at && at < Date.parse(stay.ends_at);

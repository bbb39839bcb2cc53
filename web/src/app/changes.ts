/**
 * Hears when the calendar may have changed, as long as the page is looked at. Without a stream (a proxy that swallows it, too many
 * who listen) it asks every half minute instead.
 */
const ADDRESS = '/api/v1/calendar/changes';
/** What is written together is asked for once. */
const TOGETHER = 250;
/** The first view comes first. */
const AFTER_START = 1500;
const WITHOUT_STREAM = 30_000;

/** Runs `then` soon after a change; gives what ends it. */
export function onChange(then: () => void): () => void {
  let stream: EventSource | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      then();
    }, TOGETHER);
  };
  const open = () => {
    stream?.close();
    stream = undefined;
    if (document.hidden) return;
    stream = new EventSource(ADDRESS);
    stream.onmessage = soon;
  };
  const looked = () => {
    open();
    if (!document.hidden) soon();
  };
  const first = setTimeout(open, AFTER_START);
  const asking = setInterval(() => {
    if (document.hidden || stream?.readyState === EventSource.OPEN) return;
    if (stream?.readyState !== EventSource.CONNECTING) open();
    then();
  }, WITHOUT_STREAM);
  document.addEventListener('visibilitychange', looked);
  return () => {
    clearTimeout(first);
    clearTimeout(waiting);
    clearInterval(asking);
    document.removeEventListener('visibilitychange', looked);
    stream?.close();
  };
}

/** Puts the page where it was when it was left. It may still be growing then: tries until it is long enough, or the reader moves. */
export function settle(to: number): void {
  window.scrollTo(0, to);
  if (to === 0) return;
  const stop = new AbortController();
  const watch = new ResizeObserver(() => {
    window.scrollTo(0, to);
    if (Math.abs(window.scrollY - to) < 2) stop.abort();
  });
  const signal = stop.signal;
  signal.addEventListener('abort', () => watch.disconnect());
  for (const event of ['wheel', 'touchstart', 'keydown', 'pointerdown']) {
    window.addEventListener(event, () => stop.abort(), { signal, passive: true, once: true });
  }
  setTimeout(() => stop.abort(), 2000);
  watch.observe(document.body);
}
